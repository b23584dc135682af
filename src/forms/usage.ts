import type { ApiKey, TokenIdentity } from '#auth/auth.ts'
import type { Clock } from '#auth/clock.ts'
import type { UsageRecord } from '#auth/usage.ts'
import type { PageContext } from './page-request.ts'
import { type UsageChart, usageChart, usageDays, usageStart } from './usage-chart.ts'

/** The usage part of the settings page, with what it can be asked for. */
export interface Usage {
  chart: UsageChart
  /** Whose calls there are to choose from. */
  choices: { value: string; label: string }[]
  /** The one that is shown. */
  chosen: string
}

const everything = { value: 'all', label: 'All keys and tokens' }
const byToken = { value: 'token', label: 'Tokens' }

/** Reads the usage that the page's address asks for (`days`, `usage_of`); what it cannot mean counts as not said. */
export async function readUsage(
  page: PageContext,
  { account }: Pick<TokenIdentity, 'account'>,
  known: { keys: readonly ApiKey[]; clock: Clock },
): Promise<Usage> {
  const { usage, config } = page.locals.barbell
  const { searchParams } = page.url
  const nowMs = known.clock.nowMs()
  const days = usageDays.find((each) => String(each) === searchParams.get('days')) ?? 7
  const choices = [everything, ...known.keys.map(choiceOf), byToken]
  const { value: chosen } =
    choices.find(({ value }) => value === searchParams.get('usage_of')) ?? everything

  const all = await usage.usageOf(account.id, usageStart(days, nowMs))
  const rule = config.limits === 'off' ? null : config.limits.api_key
  const chart = usageChart(
    all.filter((record) => isOf(chosen, record)),
    { days, nowMs, rule },
  )
  return { chart, choices, chosen }
}

function choiceOf({ id, label, hint }: ApiKey): Usage['choices'][number] {
  return { value: id, label: `${label}, ending in ${hint}` }
}

function isOf(chosen: string, { keyId }: UsageRecord): boolean {
  if (chosen === everything.value) return true
  return chosen === byToken.value ? keyId === null : keyId === chosen
}
