import type { ApiKey, TokenIdentity } from '#auth/auth.ts'
import type { Clock } from '#auth/clock.ts'
import type { UsageCounts, UsageRecord } from '#auth/usage.ts'
import type { PageContext } from './page-request.ts'
import {
  type UsageChart,
  type UsageSpan,
  sumOf,
  totalOf,
  usageChart,
  usageStart,
} from './usage-chart.ts'

/** The usage part of the settings page, with what it can be asked for. */
export interface Usage {
  chart: UsageChart
  /** Who made how many of the calls, most first; empty where the calls are those of one key. */
  callers: UsageCaller[]
  /** Whose calls there are to choose from. */
  choices: Choice[]
  /** The one that is shown. */
  chosen: string
  spans: Choice[]
  /** The stretch that is shown. */
  span: string
}

/** A key, or all tokens, with its calls. */
export interface UsageCaller {
  label: string
  counts: UsageCounts
}

interface Choice {
  value: string
  label: string
}

const everything = { value: 'all', label: 'All keys and tokens' }
const byToken = { value: 'token', label: 'Tokens' }
const endedKeys = 'Keys that have ended'

const weekByHour: Choice & UsageSpan = {
  value: '7-days-by-hour',
  label: '7 days, by the hour',
  days: 7,
  step: 'hour',
}
const spans: readonly (Choice & UsageSpan)[] = [
  weekByHour,
  { value: '7-days-by-day', label: '7 days, by the day', days: 7, step: 'day' },
  { value: '30-days-by-day', label: '30 days, by the day', days: 30, step: 'day' },
]

/** Reads the usage that the page's address asks for (`over`, `usage_of`); what it cannot mean counts as not said. */
export async function readUsage(
  page: PageContext,
  { account }: Pick<TokenIdentity, 'account'>,
  known: { keys: readonly ApiKey[]; clock: Clock },
): Promise<Usage> {
  const { usage, config } = page.locals.barbell
  const { searchParams } = page.url
  const nowMs = known.clock.nowMs()
  const { days, step, value } =
    spans.find((each) => each.value === searchParams.get('over')) ?? weekByHour
  const choices = [everything, ...known.keys.map(choiceOf), byToken]
  const { value: chosen } =
    choices.find((each) => each.value === searchParams.get('usage_of')) ?? everything

  const span = { days, step }
  const all = await usage.usageOf(account.id, usageStart(span, nowMs))
  const rule = config.limits === 'off' ? null : config.limits.api_key
  const records = all.filter((record) => isOf(chosen, record))
  return {
    chart: usageChart(records, { span, nowMs, rule }),
    callers: chosen === everything.value ? callersOf(all, choices) : [],
    choices,
    chosen,
    spans: [...spans],
    span: value,
  }
}

function choiceOf({ id, label, hint }: ApiKey): Choice {
  return { value: id, label: `${label}, ending in ${hint}` }
}

function isOf(chosen: string, { keyId }: UsageRecord): boolean {
  if (chosen === everything.value) return true
  return chosen === byToken.value ? keyId === null : keyId === chosen
}

function callersOf(records: readonly UsageRecord[], choices: readonly Choice[]): UsageCaller[] {
  const labels = new Map(choices.map(({ value, label }) => [value, label]))
  const byCaller = Map.groupBy(
    records,
    ({ keyId }) => labels.get(keyId ?? byToken.value) ?? endedKeys,
  )
  return [...byCaller]
    .map(([label, calls]) => ({ label, counts: sumOf(calls.map(({ counts }) => counts)) }))
    .sort((a, b) => totalOf(b.counts) - totalOf(a.counts))
}
