/** Takes text, such as a file or a stream. */
interface Output {
  write(text: string): unknown
}

const defaultBlockCharacters = 16 * 1024 // some hundred lines
const longestHoldMs = 1000

/** Hands lines on in blocks: one write for a hundred lines costs little more than one for one. */
export class LineBuffer {
  readonly #output: Output
  readonly #blockCharacters: number
  #lines: string[] = []
  #characters = 0
  #timer: NodeJS.Timeout | undefined

  /** @param options.blockCharacters how much is held at most; 0 holds nothing */
  constructor(output: Output, { blockCharacters = defaultBlockCharacters } = {}) {
    this.#output = output
    this.#blockCharacters = blockCharacters
  }

  /** Takes a line that may wait for others, up to a second. */
  hold(line: string): void {
    this.#lines.push(line)
    this.#characters += line.length
    if (this.#characters >= this.#blockCharacters) this.pass()
    else this.#timer ??= setTimeout(() => this.pass(), longestHoldMs).unref()
  }

  /** Takes a line that may not wait, and hands on those before it. */
  write(line: string): void {
    this.#lines.push(line)
    this.pass()
  }

  /** Hands on what is held. */
  pass(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#lines.length === 0) return
    const block = this.#lines.join('')
    this.#lines = []
    this.#characters = 0
    this.#output.write(block)
  }
}
