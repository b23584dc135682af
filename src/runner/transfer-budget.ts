import { limits } from './contract.ts'

/** What one run may send and receive; see {@link limits}. */
export class TransferBudget {
  readonly #exceeded = new AbortController()
  #requests = 0
  #bytes = 0

  /** Aborts every call in flight once the bytes are used up. */
  get signal(): AbortSignal {
    return this.#exceeded.signal
  }

  /** Counts a request. @throws {RangeError} when the run has none left */
  takeRequest(): void {
    this.#exceeded.signal.throwIfAborted()
    this.#requests += 1
    if (this.#requests > limits.requests) {
      throw new RangeError(
        `A run may send ${limits.requests} requests, and this would be one more. Nothing was sent.`,
      )
    }
  }

  /** Counts the bytes of a body. @throws {RangeError} when the run has had too many */
  takeBytes(count: number): void {
    this.#bytes += count
    if (this.#bytes <= limits.transferBytes) return
    const allowed = limits.transferBytes / 1024 / 1024
    const error = new RangeError(`A run may move ${allowed} MB, and this one has moved more.`)
    this.#exceeded.abort(error)
    throw error
  }
}
