/** Milliseconds of each of two kinds of calls. */
export interface Timed {
  first: number[]
  second: number[]
}

/**
 * Times two kinds of calls in pairs, in turns first and second, so that what slows the machine down slows
 * both. The first tenth of the pairs, during which things get warm, is not kept.
 */
export async function timeInPairs(
  pairs: number,
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
): Promise<Timed> {
  const timed: Timed = { first: [], second: [] }
  const warmUp = Math.ceil(pairs / 10)
  for (let pair = -warmUp; pair < pairs; pair += 1) {
    const isSwapped = pair % 2 !== 0
    const [a, b] = isSwapped ? [second, first] : [first, second]
    const [msA, msB] = [await msOf(a), await msOf(b)]
    if (pair < 0) continue
    timed.first.push(isSwapped ? msB : msA)
    timed.second.push(isSwapped ? msA : msB)
  }
  return timed
}

/**
 * Whether a difference is seen three times in a row. What leaks a secret does so every time; a machine that
 * had other things to do does not, nor does the one chance in a hundred that a test of significance leaves.
 */
export async function isSeenEveryTime(isSeen: () => Promise<boolean>): Promise<boolean> {
  return (await isSeen()) && (await isSeen()) && (await isSeen())
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}

/** The value below which a share of all lies, such as 0.99. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

/**
 * How likely two samples are to differ as much as they do if they came from one distribution: the two-sided
 * p of the Mann-Whitney U test, by its normal approximation with correction for ties. Times are not normally
 * distributed, and a few slow calls must not decide: so ranks are compared, not means.
 * @param first at least 10 values, as `second`
 */
export function mannWhitneyP(first: readonly number[], second: readonly number[]): number {
  const ranked = ranksOf([...first, ...second])
  const [n1, n2] = [first.length, second.length]
  const n = n1 + n2
  const rankSum = ranked.ranks.slice(0, n1).reduce((sum, rank) => sum + rank, 0)
  const u = rankSum - (n1 * (n1 + 1)) / 2
  const variance = ((n1 * n2) / 12) * (n + 1 - ranked.tieTerm / (n * (n - 1)))
  if (variance === 0) return 1
  const distance = Math.max(Math.abs(u - (n1 * n2) / 2) - 0.5, 0) // continuity
  return 2 * upperTail(distance / Math.sqrt(variance))
}

/** Ranks from 1, equal values sharing the mean of theirs; and the sum of t^3 - t over groups of t equals. */
function ranksOf(values: readonly number[]): { ranks: number[]; tieTerm: number } {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value)
  const ranks = new Array<number>(values.length)
  let tieTerm = 0
  for (let start = 0; start < order.length;) {
    let end = start
    while (order[end]?.value === order[start]?.value) end += 1
    for (const { index } of order.slice(start, end)) ranks[index] = (start + 1 + end) / 2
    tieTerm += (end - start) ** 3 - (end - start)
    start = end
  }
  return { ranks, tieTerm }
}

/** P(Z > z) of the standard normal distribution, off by at most 7.5e-8 (Abramowitz and Stegun 26.2.17). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
  const polynomial = series.reduceRight((sum, factor) => (sum + factor) * t, 0)
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial
}

async function msOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}
