import { describe, expect, test } from 'vitest'
import { noUsage } from '#auth/usage.ts'
import { type UsageSpan, usageChart, usageStart } from '#forms/usage-chart.ts'

const nowMs = Date.parse('2026-03-31T12:34:56Z')
const hourMs = 60 * 60 * 1000
const rule = { limit: 600, windowSeconds: 60 }

function calls(time: string, accepted: number) {
  const counts = { ...noUsage, accepted }
  return { accountId: 'account-1', keyId: 'key-1', hourMs: Date.parse(time), counts }
}

const weekByHour: UsageSpan = { days: 7, step: 'hour' }
const weekByDay: UsageSpan = { days: 7, step: 'day' }
const monthByDay: UsageSpan = { days: 30, step: 'day' }

function chart(records: Parameters<typeof usageChart>[0], span: UsageSpan = weekByHour) {
  return usageChart(records, { span, nowMs, rule })
}

describe('the bars', () => {
  test('of 7 days by the hour are 168, the last of them the one that is under way', () => {
    const { bars, step } = chart([])
    expect([bars.length, step]).toEqual([168, 'hour'])
    expect(new Date(bars[0]?.fromMs ?? 0).toISOString()).toBe('2026-03-24T13:00:00.000Z')
    expect(new Date(bars[167]?.fromMs ?? 0).toISOString()).toBe('2026-03-31T12:00:00.000Z')
    expect(usageStart(weekByHour, nowMs)).toBe(bars[0]?.fromMs)
  })

  test('of 7 days by the day are 7, and hold what the hours do', () => {
    const records = [calls('2026-03-25T00:00:00Z', 3), calls('2026-03-24T23:00:00Z', 4)]
    const { bars, limit } = chart(records, weekByDay)
    expect([bars.length, bars[0]?.total, limit]).toEqual([7, 3, 864_000])
  })

  test('of 30 days are UTC days, the last of them today', () => {
    const { bars, step } = chart([], monthByDay)
    expect([bars.length, step]).toEqual([30, 'day'])
    expect(new Date(bars[29]?.fromMs ?? 0).toISOString()).toBe('2026-03-31T00:00:00.000Z')
    expect(new Date(usageStart(monthByDay, nowMs)).toISOString()).toBe('2026-03-02T00:00:00.000Z')
  })

  test('hold what fell into them and nothing from before or after', () => {
    const records = [
      calls('2026-03-31T12:00:00Z', 3),
      calls('2026-03-31T12:00:00Z', 4),
      calls('2026-03-31T11:00:00Z', 5),
      calls('2026-03-24T12:00:00Z', 100),
      calls('2026-03-31T13:00:00Z', 100),
    ]
    const { bars, total, sum } = chart(records)
    expect(bars.slice(-2).map((bar) => bar.total)).toEqual([5, 7])
    expect([total, sum.accepted]).toEqual([12, 12])
    expect(chart(records.slice(0, 3), monthByDay).bars.at(-1)?.total).toBe(12)
  })
})

describe('the edge', () => {
  test.each([
    [0, 10],
    [9, 10],
    [11, 20],
    [20, 20],
    [21, 50],
    [501, 1000],
    [17_999, 20_000],
    [18_000, 50_000],
    [90_000, 100_000],
  ])('of %i calls is %i, and takes the limit in once that is near', (highest, top) => {
    expect(chart([calls('2026-03-31T12:00:00Z', highest)]).top).toBe(top)
  })

  test('the limit is that of one key in the time of a bar', () => {
    expect(chart([]).limit).toBe(36_000)
    expect(chart([], monthByDay).limit).toBe(864_000)
    expect(usageChart([], { span: weekByHour, nowMs: hourMs, rule: null }).limit).toBeNull()
  })
})
