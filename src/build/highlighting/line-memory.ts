import type { HighlighterCore, ThemedToken } from 'shiki/core'

type State = ReturnType<HighlighterCore['getLastGrammarState']>

/** Where a language can be at the end of a line, with the lines that were read from there. */
interface Place {
  /** Nothing at the start of a text. */
  readonly state: State | undefined
  readonly lines: Map<string, ReadLine>
}

interface ReadLine {
  readonly tokens: readonly ThemedToken[]
  readonly next: Place
}

/** Enough for a site, and a few dozen megabytes at most. */
const limit = 20_000

/**
 * Reads code of one language in the colours of one theme, and remembers each line: how one is highlighted depends on
 * its text and on what is open where it begins, and on nothing else. The samples of a site say much the same.
 */
export class LineMemory {
  readonly #highlighter: HighlighterCore
  readonly #lang: string
  readonly #theme: string
  #places: Place[] = []
  #count = 0

  /** @param lang a language, and @param theme a theme, that are loaded already */
  constructor(highlighter: HighlighterCore, lang: string, theme: string) {
    this.#highlighter = highlighter
    this.#lang = lang
    this.#theme = theme
  }

  /** The tokens of each line, as Shiki would find them in the whole; those of an empty line are none. */
  read(code: string): (readonly ThemedToken[])[] {
    if (this.#count > limit) this.#forget()
    let place = this.#placeOf(undefined)
    return code.split(/\r?\n/).map((line) => {
      if (line === '') return []
      const { tokens, next } = this.#readLine(line, place)
      place = next
      return tokens
    })
  }

  #readLine(line: string, { state, lines }: Place): ReadLine {
    const known = lines.get(line)
    if (known) return known
    const all = this.#highlighter.codeToTokensBase(line, {
      lang: this.#lang,
      theme: this.#theme,
      includeExplanation: false,
      ...(state && { grammarState: state }),
    })
    const next = this.#placeOf(this.#highlighter.getLastGrammarState(all))
    const read = { tokens: all[0] ?? [], next }
    lines.set(line, read)
    this.#count += 1
    return read
  }

  /** Places where the same is open are one: what was read from one of them holds for all. */
  #placeOf(state: State | undefined): Place {
    const known = this.#places.find((place) => isSame(place.state, state))
    if (known) return known
    const place = { state, lines: new Map() }
    this.#places.push(place)
    this.#count += 1
    return place
  }

  #forget(): void {
    this.#places = []
    this.#count = 0
  }
}

function isSame(a: State | undefined, b: State | undefined): boolean {
  const [one, other] = [a?.getInternalStack(), b?.getInternalStack()]
  if (one === undefined || other === undefined) return one === other
  return one.equals(other)
}
