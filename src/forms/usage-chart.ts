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

/** What the chart shows: calls over time, with the limit they have. */
export interface UsageChart {
  days: UsageDays
  /** What one bar stands for. */
  step: 'hour' | 'day'
  bars: UsageBar[]
  sum: UsageCounts
  total: number
  /** Calls at the upper edge. */
  top: number
  /** How many calls one key may make in the time of a bar; null where there is no limit. */
  limit: number | null
}

/** The stretches that are offered. */
export const usageDays = [7, 30] as const
export type UsageDays = (typeof usageDays)[number]

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs
const lowestTop = 10

/** When the first bar of a chart begins; days begin at midnight, UTC. */
export function usageStart(days: UsageDays, nowMs: number): number {
  const stepMs = stepOf(days)
  return Math.floor(nowMs / stepMs) * stepMs - (barsOf(days) - 1) * stepMs
}

/**
 * Sorts calls into bars: one an hour over 7 days, one a day over 30.
 * @param rule the limit of one key; null for none
 */
export function usageChart(
  records: readonly UsageRecord[],
  options: {
    days: UsageDays
    nowMs: number
    rule: { limit: number; windowSeconds: number } | null
  },
): UsageChart {
  const { days, nowMs, rule } = options
  const stepMs = stepOf(days)
  const startMs = usageStart(days, nowMs)
  const sums = Array.from({ length: barsOf(days) }, () => noUsage)
  for (const record of records) {
    const at = Math.floor((record.hourMs - startMs) / stepMs)
    if (at >= 0 && at < sums.length) sums[at] = addUsage(sums[at], record.counts)
  }
  const bars = sums.map((counts, index) => barOf(counts, startMs + index * stepMs))
  const limit =
    rule === null ? null : Math.floor((rule.limit * stepMs) / (rule.windowSeconds * 1000))
  const sum = sums.reduce((all, counts) => addUsage(all, counts), noUsage)
  return {
    days,
    step: days === 7 ? 'hour' : 'day',
    bars,
    sum,
    total: totalOf(sum),
    top: topOf(Math.max(...bars.map(({ total }) => total)), limit),
    limit,
  }
}

function barOf(counts: UsageCounts, fromMs: number): UsageBar {
  return { fromMs, counts, total: totalOf(counts) }
}

function totalOf(counts: UsageCounts): number {
  return usageOutcomes.reduce((sum, outcome) => sum + counts[outcome], 0)
}

/** A round number that holds the highest bar, and the limit with it once that comes near. */
function topOf(highest: number, limit: number | null): number {
  const wanted = limit !== null && highest * 2 >= limit ? Math.max(highest, limit) : highest
  const power = 10 ** Math.floor(Math.log10(Math.max(wanted, lowestTop)))
  const round = [1, 2, 5, 10].map((digit) => digit * power)
  return round.find((top) => top >= wanted) ?? wanted
}

function stepOf(days: UsageDays): number {
  return days === 7 ? hourMs : dayMs
}

function barsOf(days: UsageDays): number {
  return days === 7 ? 7 * 24 : days
}
