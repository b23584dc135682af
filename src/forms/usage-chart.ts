import {
  addUsage,
  noUsage,
  type UsageCounts,
  usageOutcomes,
  type UsageRecord,
} from '#auth/usage.ts'

/** Calls of one hour or one day. */
export interface UsageBar {
  fromMs: number
  counts: UsageCounts
  total: number
}

/** A stretch of time, up to now, and how it is divided. */
export interface UsageSpan {
  days: number
  /** What one bar stands for. */
  step: 'hour' | 'day'
}

/** What the chart shows: calls over time, with the limit they have. */
export interface UsageChart extends UsageSpan {
  bars: UsageBar[]
  sum: UsageCounts
  total: number
  /** Calls at the upper edge. */
  top: number
  /** How many calls one key may make in the time of a bar; null where there is no limit. */
  limit: number | null
}

const hoursOf = { hour: 1, day: 24 }
const hourMs = 60 * 60 * 1000
const lowestTop = 10

/** When the first bar of a chart begins; days begin at midnight, UTC. */
export function usageStart(span: UsageSpan, nowMs: number): number {
  const stepMs = stepOf(span)
  return Math.floor(nowMs / stepMs) * stepMs - (barsOf(span) - 1) * stepMs
}

/**
 * Sorts calls into bars.
 * @param rule the limit of one key; null for none
 */
export function usageChart(
  records: readonly UsageRecord[],
  options: {
    span: UsageSpan
    nowMs: number
    rule: { limit: number; windowSeconds: number } | null
  },
): UsageChart {
  const { span, nowMs, rule } = options
  const stepMs = stepOf(span)
  const startMs = usageStart(span, nowMs)
  const sums = Array.from({ length: barsOf(span) }, () => noUsage)
  for (const record of records) {
    const at = Math.floor((record.hourMs - startMs) / stepMs)
    if (at >= 0 && at < sums.length) sums[at] = addUsage(sums[at], record.counts)
  }
  const bars = sums.map((counts, index) => barOf(counts, startMs + index * stepMs))
  const limit =
    rule === null ? null : Math.floor((rule.limit * stepMs) / (rule.windowSeconds * 1000))
  const sum = sumOf(sums)
  return {
    ...span,
    bars,
    sum,
    total: totalOf(sum),
    top: topOf(Math.max(...bars.map(({ total }) => total)), limit),
    limit,
  }
}

/** All of them together. */
export function sumOf(counts: readonly UsageCounts[]): UsageCounts {
  return counts.reduce(addUsage, noUsage)
}

/** Calls of whatever outcome. */
export function totalOf(counts: UsageCounts): number {
  return usageOutcomes.reduce((sum, outcome) => sum + counts[outcome], 0)
}

function barOf(counts: UsageCounts, fromMs: number): UsageBar {
  return { fromMs, counts, total: totalOf(counts) }
}

/** A round number that holds the highest bar, and the limit with it once that comes near. */
function topOf(highest: number, limit: number | null): number {
  const wanted = limit !== null && highest * 2 >= limit ? Math.max(highest, limit) : highest
  const power = 10 ** Math.floor(Math.log10(Math.max(wanted, lowestTop)))
  const round = [1, 2, 5, 10].map((digit) => digit * power)
  return round.find((top) => top >= wanted) ?? wanted
}

function stepOf({ step }: UsageSpan): number {
  return hoursOf[step] * hourMs
}

function barsOf({ days, step }: UsageSpan): number {
  return (days * hoursOf.day) / hoursOf[step]
}
