import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import satori, { type Font } from 'satori'
import sharp from 'sharp'
import { readTokens, tokenValue } from '../style-tokens.ts'
import { cardSize } from './card-path.ts'

/** What a card says. */
export interface CardText {
  title: string
  description: string
}

const edge = 80

const tokens = readTokens('dark')
const colour = (name: string): string => tokenValue(tokens, name)

const require = createRequire(import.meta.url)
const fonts = ([400, 600, 700] as const).map((weight): Font => {
  const file = require.resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff`)
  return { name: 'Inter', data: readFileSync(file), weight, style: 'normal' }
})

/** A node as Satori takes it: an element without React. */
interface Box {
  type: 'div'
  props: { style: Readonly<Record<string, string | number>>; children?: string | Box[] }
}

function box(style: Box['props']['style'], children?: string | Box[]): Box {
  return { type: 'div', props: { style, ...(children !== undefined && { children }) } }
}

/** Draws the card of a page as PNG: the mark, the title and the description, on a bar that carries the plates. */
export async function drawCard(text: CardText): Promise<Buffer> {
  const svg = await satori(card(text), { ...cardSize, fonts: [...fonts] })
  // A palette saves 25 KB of 40 and takes 100 ms instead of 20: no reader loads these, and a build draws one per page.
  return sharp(Buffer.from(svg)).png({ compressionLevel: 6 }).toBuffer()
}

function card({ title, description }: CardText): Box {
  const frame = {
    ...cardSize,
    display: 'flex',
    flexDirection: 'column',
    padding: `${edge}px ${edge}px 0`,
    background: colour('--sl-color-black'),
    color: colour('--sl-color-white'),
    fontFamily: 'Inter',
  }
  return box(frame, [
    box(
      { display: 'flex', fontSize: 34, fontWeight: 600, color: colour('--sl-color-gray-2') },
      'Barbell docs',
    ),
    box(
      clamped({
        lines: 3,
        fontSize: title.length > 40 ? 64 : 84,
        fontWeight: 700,
        lineHeight: 1.08,
        marginTop: 28,
        letterSpacing: '-0.03em',
      }),
      title,
    ),
    box(
      clamped({
        lines: 3,
        fontSize: 34,
        fontWeight: 400,
        lineHeight: 1.4,
        marginTop: 24,
        color: colour('--sl-color-gray-2'),
      }),
      description,
    ),
    ...barbell(),
  ])
}

/** Text that ends after some lines: a title is as long as its writer likes. */
function clamped({
  lines,
  ...style
}: { lines: number } & Box['props']['style']): Box['props']['style'] {
  return { display: 'block', width: cardSize.width - 2 * edge, lineClamp: lines, ...style }
}

/** The mark, as wide as the card: a bar with a red and a blue pair of plates. */
function barbell(): Box[] {
  const [red, blue] = [colour('--bb-plate-red'), colour('--bb-plate-blue')]
  const middle = cardSize.height - edge
  const plate = (left: number, width: number, height: number, background: string): Box =>
    box({
      position: 'absolute',
      left,
      top: middle - height / 2,
      width,
      height,
      background,
      borderRadius: 8,
    })
  const far = cardSize.width - edge
  return [
    plate(edge - 32, cardSize.width - 2 * edge + 64, 8, colour('--sl-color-gray-4')),
    plate(edge, 22, 84, red),
    plate(edge + 30, 14, 52, red),
    plate(far - 22, 22, 84, blue),
    plate(far - 44, 14, 52, blue),
  ]
}
