import type { Clock } from '#auth/clock.ts'

/** A clock that stands still until it is told otherwise. */
export interface TestClock extends Clock {
  /** Goes on by so many seconds. */
  pass(seconds: number): void
}

/** @param start such as `2026-03-01T12:00:00Z` */
export function clockAt(start: string): TestClock {
  let nowMs = Date.parse(start)
  return {
    nowMs: () => nowMs,
    pass(seconds) {
      nowMs += seconds * 1000
    },
  }
}
