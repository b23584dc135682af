/** Counts what a program still waits for, so that its run ends when nothing more can happen, as in Node. */
export class PendingWork {
  #held = 0
  #wake: (() => void) | null = null

  /** Keeps the run going until the returned function is called; calling it again changes nothing. */
  hold(): () => void {
    this.#held += 1
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#held -= 1
      if (this.#held === 0) this.#wake?.()
    }
  }

  /** Keeps the run going until the promise settles; returns the same promise. */
  track<T>(promise: Promise<T>): Promise<T> {
    const release = this.hold()
    promise.then(release, release)
    return promise
  }

  /** Resolves when nothing is held and a few turns of the event loop brought nothing new. */
  async idle(): Promise<void> {
    for (let quietTurns = 0; quietTurns < 3; quietTurns += 1) {
      if (this.#held > 0) {
        await new Promise<void>((resolve) => (this.#wake = resolve))
        quietTurns = 0
      }
      await nextTurn()
    }
  }
}

const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

type TimerFunctions = Pick<
  typeof globalThis,
  'setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval'
>

/** The timers of a program: while one is set, the run goes on. */
export function countedTimers(pending: PendingWork): TimerFunctions {
  const releases = new Map<unknown, () => void>()

  function clear(id: number | undefined): void {
    releases.get(id)?.()
    releases.delete(id)
  }

  function later(callback: unknown, delay?: number, ...values: unknown[]): number {
    const id = Number(
      setTimeout(() => {
        clear(id)
        callIfFunction(callback, values)
      }, delay),
    )
    releases.set(id, pending.hold())
    return id
  }

  function every(callback: unknown, delay?: number, ...values: unknown[]): number {
    const id = Number(setInterval(() => callIfFunction(callback, values), delay))
    releases.set(id, pending.hold())
    return id
  }

  return {
    setTimeout: later,
    setInterval: every,
    clearTimeout: (id?: number) => {
      clear(id)
      clearTimeout(id)
    },
    clearInterval: (id?: number) => {
      clear(id)
      clearInterval(id)
    },
  } as TimerFunctions
}

function callIfFunction(callback: unknown, values: unknown[]): void {
  if (typeof callback !== 'function') throw new TypeError('A timer needs a function.')
  Reflect.apply(callback, undefined, values)
}

const bodyReaders = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const

/** Makes every `response.json()` and its like keep the run going until the body is there. */
export function countBodyReaders(pending: PendingWork, prototype: object): void {
  for (const name of bodyReaders) {
    const read: unknown = Reflect.get(prototype, name)
    if (typeof read !== 'function') continue
    const counted = function (this: unknown): Promise<unknown> {
      return pending.track(Reflect.apply(read, this, []) as Promise<unknown>)
    }
    Object.defineProperty(prototype, name, { value: counted, writable: true, configurable: true })
  }
}
