import {
  addUsage,
  noUsage,
  type UsageOutcome,
  type UsageRecord,
  type UsageStore,
} from '#store/store.ts'
import type { Clock } from './clock.ts'

export {
  addUsage,
  noUsage,
  type UsageCounts,
  type UsageOutcome,
  usageOutcomes,
  type UsageRecord,
} from '#store/store.ts'

/** Whose call it is: of a key, or of an account by its token. */
export interface UsageSubject {
  readonly accountId: string
  /** Of the key; null for a token. */
  readonly id: string | null
}

/** Calls by their outcome, counted in place. */
type Tally = Record<UsageOutcome, number>

/**
 * Who calls again and again. One counter counts these calls in it, and so finds them without a search; what it keeps here
 * is for that counter alone, and a copy is another bearer only without it.
 */
export interface UsageBearer extends UsageSubject, Tally {
  /** In which span of the counter they were counted; undefined before the first. */
  usageSpan: object | undefined
}

/** Its counts are a bearer for as long as their span lasts. */
type Unwritten = Omit<UsageRecord, 'counts'> & { readonly counts: Tally }

const hourMs = 60 * 60 * 1000
const flushDelayMs = 60 * 1000 // a minute: so much is lost where the process is killed

/** Keys and tokens with calls that are not written yet, at some 300 bytes each. Calls of more are not counted. */
const maxUnwritten = 20_000

/**
 * Counts calls by account, key, hour and outcome. A call costs no write: what was counted is added to the store once
 * a minute, and stays here until that has worked.
 */
export class UsageCounter {
  readonly #store: UsageStore
  readonly #clock: Clock
  #unwritten = new Map<string, Unwritten>()
  /** An object for the time from a write, or the begin of an hour, to the next: what is counted then is counted in it. */
  #span: object = {}
  #hourMs = 0
  #timer: NodeJS.Timeout | null = null

  constructor(outside: { store: UsageStore; clock: Clock }) {
    this.#store = outside.store
    this.#clock = outside.clock
  }

  /** Counts one call. @param status of its answer */
  count(subject: UsageSubject, status: number): void {
    const thisHourMs = Math.floor(this.#clock.nowMs() / hourMs) * hourMs
    if (thisHourMs !== this.#hourMs) this.#beginHour(thisHourMs)
    const tally = this.#tallyIn(subject) ?? this.#tallyOf(subject)
    if (tally !== undefined) tally[outcomeOf(status)] += 1
    // What could not be written is still in #unwritten, and the next call tries again.
    this.#timer ??= setTimeout(
      () => void this.#write().catch(() => undefined),
      flushDelayMs,
    ).unref()
  }

  /** The calls of an account since a moment, by key and hour, in no order; the last minute's are among them. */
  async usageOf(accountId: string, sinceMs: number): Promise<UsageRecord[]> {
    const written = await this.#store.usageOf(accountId, sinceMs)
    const mine = [...this.#unwritten.values()].filter(
      (record) => record.accountId === accountId && record.hourMs >= sinceMs,
    )
    return [...written, ...mine.map(asItStands)]
  }

  /** Forgets what is too old, and what is of accounts that are gone. */
  sweep(): Promise<void> {
    return this.#store.sweepUsage(this.#clock.nowMs())
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    await this.#write()
  }

  #beginHour(thisHourMs: number): void {
    this.#hourMs = thisHourMs
    this.#unwritten = new Map([...this.#unwritten].map(([id, record]) => [id, asItStands(record)]))
    this.#span = {}
  }

  #tallyIn(subject: UsageSubject): Tally | undefined {
    return isBearer(subject) && subject.usageSpan === this.#span ? subject : undefined
  }

  /** @returns undefined where there are as many as may be */
  #tallyOf(subject: UsageSubject): Tally | undefined {
    return this.#recordOf(subject, this.#hourMs)?.counts
  }

  /** @returns undefined where there are as many as may be */
  #recordOf(subject: UsageSubject, ofHourMs: number): Unwritten | undefined {
    const { accountId, id: keyId } = subject
    const id = `${keyId ?? accountId} ${ofHourMs}`
    const known = this.#unwritten.get(id)
    if (known !== undefined || this.#unwritten.size >= maxUnwritten) return known
    const counts = isBearer(subject)
      ? Object.assign(subject, noUsage, { usageSpan: this.#span })
      : { ...noUsage }
    const made = { accountId, keyId, hourMs: ofHourMs, counts }
    this.#unwritten.set(id, made)
    return made
  }

  /** Takes back what could not be written. */
  #putBack({ accountId, keyId, hourMs: ofHourMs, counts }: UsageRecord): void {
    const record = this.#recordOf({ accountId, id: keyId }, ofHourMs)
    if (record !== undefined) Object.assign(record.counts, addUsage(record.counts, counts))
  }

  async #write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const records = [...this.#unwritten.values()].map(asItStands)
    if (records.length === 0) return
    this.#unwritten = new Map()
    this.#span = {}
    try {
      await this.#store.addUsage(records)
    } catch (error) {
      for (const record of records) this.#putBack(record)
      throw error
    }
  }
}

function isBearer(subject: UsageSubject): subject is UsageBearer {
  return 'usageSpan' in subject
}

/** A copy whose counts no later call changes. */
function asItStands({ counts, ...record }: Unwritten): Unwritten {
  const { accepted, refused, limited, failed } = counts
  return { ...record, counts: { accepted, refused, limited, failed } }
}

function outcomeOf(status: number): UsageOutcome {
  if (status === 429) return 'limited'
  if (status >= 500) return 'failed'
  return status >= 400 ? 'refused' : 'accepted'
}
