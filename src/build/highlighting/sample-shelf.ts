import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ExpressiveCodeTheme } from '@astrojs/starlight/expressive-code'
import type { ThemedToken } from 'shiki/core'
import { keepFile, readKept } from '../kept-file.ts'

/** What is shown of a token. */
export type Token = Pick<ThemedToken, 'content' | 'color' | 'bgColor' | 'fontStyle'>

/** The tokens of each line of a sample, once for each theme. */
export type Coloured = readonly (readonly (readonly Token[])[])[]

/** A sample, and what it is coloured by. */
export interface Sample {
  readonly language: string
  readonly code: string
  readonly themes: readonly ExpressiveCodeTheme[]
}

/** What the colours of a sample depend on beside it and its themes: our code, and the packages as they are installed. */
const sources = [
  new URL('sample-shelf.ts', import.meta.url),
  new URL('line-memory.ts', import.meta.url),
  new URL('remembering-shiki.ts', import.meta.url),
  createRequire(import.meta.url).resolve('shiki/package.json'),
  new URL('../../../package-lock.json', import.meta.url),
]

/** Enough for all samples of a large site and a year of edits; a few dozen megabytes. */
const limit = 10_000

/** The samples that were highlighted before, by their text and all that colours it. */
export class SampleShelf {
  readonly #folder: string
  readonly #origin = createHash('sha256')
  readonly #themes = new WeakMap<ExpressiveCodeTheme, string>()
  #isCounted = false

  /** @param folder where samples are kept between starts */
  constructor(folder: string) {
    this.#folder = folder
    for (const file of sources) if (existsSync(file)) this.#origin.update(readFileSync(file))
  }

  /** The colours of a sample, as they were kept, or as they are made now. */
  async take(sample: Sample, make: () => Promise<Coloured>): Promise<Coloured> {
    const file = join(this.#folder, `${this.#nameOf(sample)}.json`)
    const kept = readable(await readKept(file))
    if (kept) return kept
    const made = withoutRest(await make())
    // Nobody waits for it, and a start that cannot keep anything goes on.
    void this.#keep(file, made).catch(() => undefined)
    return made
  }

  #nameOf({ language, code, themes }: Sample): string {
    const parts = [language, code, ...themes.map((theme) => this.#nameOfTheme(theme))]
    return this.#origin.copy().update(JSON.stringify(parts)).digest('hex')
  }

  #nameOfTheme(theme: ExpressiveCodeTheme): string {
    const known = this.#themes.get(theme)
    if (known !== undefined) return known
    const { name, type, colors, fg, bg, settings } = theme
    const text = JSON.stringify([name, type, colors, fg, bg, settings])
    const digest = createHash('sha256').update(text).digest('hex')
    this.#themes.set(theme, digest)
    return digest
  }

  async #keep(file: string, made: Coloured): Promise<void> {
    if (!this.#isCounted) {
      this.#isCounted = true
      const kept = await readdir(this.#folder).catch(() => [])
      if (kept.length > limit) await rm(this.#folder, { recursive: true, force: true })
    }
    await keepFile(file, Buffer.from(JSON.stringify(made)))
  }
}

/** What a full disk or another program has damaged is made anew. */
function readable(kept: Buffer | undefined): Coloured | undefined {
  try {
    return kept && (JSON.parse(kept.toString()) as Coloured)
  } catch {
    return undefined
  }
}

function withoutRest(made: Coloured): Coloured {
  return made.map((lines) =>
    lines.map((tokens) =>
      tokens.map(({ content, color, bgColor, fontStyle }) => ({
        content,
        ...(color !== undefined && { color }),
        ...(bgColor !== undefined && { bgColor }),
        ...(fontStyle !== undefined && { fontStyle }),
      })),
    ),
  )
}
