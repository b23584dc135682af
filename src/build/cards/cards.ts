import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'
import { cardPath } from './card-path.ts'
import type { CardText } from './draw-card.ts'

/** What a card depends on beside its words. */
const sources = ['draw-card.ts', '../../styles/tokens.css']

/** As many at a time as there are threads that draw. */
const atOnce = 4

/**
 * Draws a card for every built page, from the title and the description in its head, so that pages of plugins have
 * theirs as well. Cards are kept by content: a second build draws only those whose words have changed.
 */
export function cards(): AstroIntegration {
  let cache = ''
  return {
    name: 'barbell:cards',
    hooks: {
      'astro:config:done': ({ config }) => {
        cache = fileURLToPath(new URL('barbell-cards/', config.cacheDir))
      },
      'astro:build:done': async ({ dir, logger }) => {
        await mkdir(cache, { recursive: true })
        const folder = fileURLToPath(dir)
        const pages = await listPages(folder)
        const look = await digestOf(sources)
        const drawn = { count: 0 }
        await Promise.all(
          Array.from({ length: atOnce }, async () => {
            for (let page = pages.pop(); page !== undefined; page = pages.pop()) {
              await writeCard(page, { folder, cache, look, drawn })
            }
          }),
        )
        logger.info(`${drawn.count} cards drawn, the others were kept`)
      },
    },
  }
}

async function listPages(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true })
  return files.filter((file) => file.endsWith('index.html')).map((file) => join(folder, file))
}

async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) hash.update(await readFile(new URL(file, import.meta.url)))
  return hash.digest('hex')
}

async function writeCard(
  page: string,
  {
    folder,
    cache,
    look,
    drawn,
  }: { folder: string; cache: string; look: string; drawn: { count: number } },
): Promise<void> {
  const text = readCardText(await readFile(page, 'utf8'))
  const digest = createHash('sha256')
    .update(JSON.stringify([look, text]))
    .digest('hex')
  const kept = join(cache, `${digest}.png`)
  const picture = await readFile(kept).catch(async () => {
    // Loaded only where something is to be drawn: fonts and the layout engine take a moment.
    const { drawCard } = await import('./draw-card.ts')
    const made = await drawCard(text)
    drawn.count += 1
    await writeFile(kept, made)
    return made
  })
  const path = `/${relative(folder, page).split(sep).join('/')}`
  const target = join(folder, cardPath(path))
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, picture)
}

/** Reads what the head of a page says to other sites. */
export function readCardText(html: string): CardText {
  return {
    title: metaContent(html, 'og:title'),
    description: metaContent(html, 'og:description'),
  }
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#34': '"',
  '#39': "'",
  '#x27': "'",
}

function metaContent(html: string, property: string): string {
  const [, content = ''] =
    new RegExp(`<meta property="${property}" content="([^"]*)"`).exec(html) ?? []
  return content.replaceAll(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
}
