import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { cardPath } from '../../../../src/build/cards/card-path.ts'
import { readCardText } from '../../../../src/build/cards/cards.ts'
import { drawCard } from '../../../../src/build/cards/draw-card.ts'

test.each([
  ['/', '/cards/index.png'],
  ['/index.html', '/cards/index.png'],
  ['/docs/auth', '/cards/docs/auth.png'],
  ['/docs/auth/', '/cards/docs/auth.png'],
  ['/docs/operate/index.html', '/cards/docs/operate.png'],
])('the card of %s is %s', (path, card) => {
  expect(cardPath(path)).toBe(card)
})

test('a card says what the head of its page says, as a reader would read it', () => {
  const html =
    '<meta property="og:title" content="Keys &amp; &#34;tokens&#34;"/><meta property="og:description" content="1 &lt; 2"/>'
  expect(readCardText(html)).toEqual({ title: 'Keys & "tokens"', description: '1 < 2' })
})

interface Part {
  left: number
  top: number
  width: number
  height: number
}

/** Mean and spread of red, green and blue in a part of a picture. `stats` alone would look at all of it. */
async function coloursIn(card: Buffer, part: Part) {
  const { channels } = await sharp(await sharp(card).extract(part).toBuffer()).stats()
  return channels.slice(0, 3).map(({ mean, stdev }) => ({ mean, stdev: Math.round(stdev) }))
}

describe('a drawn card', () => {
  test('is a PNG of 1200 by 630', async () => {
    const card = await drawCard({ title: 'Errors', description: 'Each with a section.' })
    expect(await sharp(card).metadata()).toMatchObject({ format: 'png', width: 1200, height: 630 })
  })

  test('keeps its edges free, however long the words are', async () => {
    const words = 'a word after another word '.repeat(20)
    const card = await drawCard({ title: words, description: words })
    const right = await coloursIn(card, { left: 1125, top: 0, width: 75, height: 500 })
    expect(right.map(({ stdev }) => stdev)).toEqual([0, 0, 0])
    const text = await coloursIn(card, { left: 80, top: 80, width: 1040, height: 300 })
    expect(text[0]?.stdev).toBeGreaterThan(20)
  })

  test('shows the plates of the mark in their colours', async () => {
    const card = await drawCard({ title: 'Errors', description: '' })
    const plate = { top: 520, width: 10, height: 60 }
    const [red] = await coloursIn(card, { ...plate, left: 86 })
    const [, , blue] = await coloursIn(card, { ...plate, left: 1104 })
    expect(red?.mean).toBeGreaterThan(200)
    expect(blue?.mean).toBeGreaterThan(200)
  })
})
