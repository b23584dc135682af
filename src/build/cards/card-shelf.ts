import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keepFile, readKept } from '../kept-file.ts'
import type { CardText } from './draw-card.ts'

/** What a card depends on beside its words. */
const sources = ['draw-card.ts', '../../styles/tokens.css']

/** The cards that were drawn before, by what they say and how they look. */
export class CardShelf {
  readonly #folder: string
  readonly #look: string
  /** How many had to be drawn. */
  drawn = 0

  /** @param folder where cards are kept between builds */
  constructor(folder: string) {
    this.#folder = folder
    const hash = createHash('sha256')
    for (const file of sources) hash.update(readFileSync(new URL(file, import.meta.url)))
    this.#look = hash.digest('hex')
  }

  /** The card with these words, drawn if there is none yet. */
  async take({ title, description }: CardText): Promise<Buffer> {
    const text = { title, description }
    const digest = createHash('sha256').update(JSON.stringify([this.#look, text]))
    const file = join(this.#folder, `${digest.digest('hex')}.png`)
    const kept = await readKept(file)
    if (kept) return kept
    // Loaded only where something is to be drawn: fonts and the layout engine take a moment.
    const { drawCard } = await import('./draw-card.ts')
    const made = await drawCard(text)
    this.drawn += 1
    await keepFile(file, made)
    return made
  }
}
