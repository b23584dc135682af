/** Durations by size, as plain numbers: taking one costs a few comparisons, and nothing is allocated. */
export class Distribution {
  /** Upper bounds in seconds, ascending. */
  readonly bounds: readonly number[]
  /** How many were at most as long as the bound at the same place and longer than the one before it. */
  readonly counts: number[]
  /** All of them, the longer ones than the last bound as well. */
  count = 0
  /** In seconds. */
  sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = bounds.map(() => 0)
  }

  /** Takes one duration. */
  take(seconds: number): void {
    this.count += 1
    this.sum += seconds
    for (let at = 0; at < this.bounds.length; at += 1) {
      if (seconds <= (this.bounds[at] ?? 0)) {
        this.counts[at] = (this.counts[at] ?? 0) + 1
        return
      }
    }
  }
}
