/** Lets a few at a time in, each with a thing of its own (a lane, an account), in the order in which they came. */
export class Turns<Thing> {
  readonly #free: Thing[]
  readonly #waiting: ((thing: Thing) => void)[] = []

  constructor(things: readonly Thing[]) {
    this.#free = [...things]
  }

  /** Does something with the next free thing, and gives it back whatever happens. */
  async take<Result>(use: (thing: Thing) => Promise<Result>): Promise<Result> {
    const thing = await this.#next()
    try {
      return await use(thing)
    } finally {
      this.#giveBack(thing)
    }
  }

  #next(): Promise<Thing> {
    const thing = this.#free.pop()
    if (thing !== undefined) return Promise.resolve(thing)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #giveBack(thing: Thing): void {
    const next = this.#waiting.shift()
    if (next) next(thing)
    else this.#free.push(thing)
  }
}
