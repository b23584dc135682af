/** The fields of a request by their names in any case. A field that came twice is one value, joined by `, `. */
export interface RequestFields {
  get(name: string): string | null
  has(name: string): boolean
}

/** The fields of a request as they arrived, read as `Headers` would read them, without the cost of those. */
export class ArrivedFields implements RequestFields {
  readonly #values = new Map<string, string>()

  /** @param raw names and values in turn, as `IncomingMessage.rawHeaders` has them */
  constructor(raw: readonly string[]) {
    for (let at = 0; at < raw.length; at += 2) {
      const name = (raw[at] ?? '').toLowerCase()
      const value = raw[at + 1] ?? ''
      const before = this.#values.get(name)
      const between = name === 'cookie' ? '; ' : ', ' // RFC 6265 section 5.4, RFC 9110 section 5.2
      this.#values.set(name, before === undefined ? value : before + between + value)
    }
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }
}
