import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readOwnFile, removeLeftovers, replaceFile } from './durable-file.ts'
import {
  addUsage,
  type PortableUsage,
  StoreUnavailable,
  usageIdOf,
  usageKeptMs,
  type UsageRecord,
} from './store.ts'

const fileName = 'usage.json'

/** Some 4 MB of text, and 50 busy keys for 30 days of hours. Of more, the oldest go first. */
const maxRecords = 40_000

const count = z.int().nonnegative()
const lineShape = z.tuple([
  z.string().min(1),
  z.string().nullable(),
  count,
  count,
  count,
  count,
  count,
])
const fileShape = z.strictObject({
  format: z.literal('barbell-usage'),
  version: z.literal(1),
  records: z.array(lineShape),
})

type Records = ReadonlyMap<string, UsageRecord>

/** Where it is, and what it goes by. */
interface UsagePlace {
  directory: string
  /** Whether the account is there. */
  hasAccount: (accountId: string) => Promise<boolean>
  /** More than these are kept for no longer than the next write. */
  maxRecords?: number
}

/**
 * Opens `usage.json`, for whoever holds the lock of the data folder. Counts are not worth keeping a server from its
 * start: a file that cannot be read is put aside as `usage.json.damaged`, and counting begins anew.
 */
export async function openUsageFile(place: UsagePlace): Promise<PortableUsage> {
  const path = join(place.directory, fileName)
  await removeLeftovers(place.directory, (name) => name === fileName)
  const text = await readOwnFile(path)
  const records = text === null ? [] : parse(text)
  if (records === null) await rename(path, `${path}.damaged`)
  return new UsageFile(place, byId(records ?? []))
}

class UsageFile implements PortableUsage {
  readonly #place: UsagePlace
  #records: Records
  /** One write at a time, each with what the one before it left. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(place: UsagePlace, records: Records) {
    this.#place = place
    this.#records = records
  }

  addUsage(added: readonly UsageRecord[]): Promise<void> {
    return this.#change((records) => [...records, ...added])
  }

  usageOf(accountId: string, sinceMs: number): Promise<UsageRecord[]> {
    const all = [...this.#records.values()]
    return Promise.resolve(
      all.filter((record) => record.accountId === accountId && record.hourMs >= sinceMs),
    )
  }

  sweepUsage(nowMs: number): Promise<void> {
    return this.#change((records) => records.filter(({ hourMs }) => hourMs > nowMs - usageKeptMs))
  }

  async readUsage(page: { after: UsageRecord | null; limit: number }): Promise<UsageRecord[]> {
    const afterId = page.after === null ? '' : usageIdOf(page.after)
    const rest = [...this.#records].filter(([id]) => id > afterId)
    const living = byId(await this.#livingOf(rest.map(([, record]) => record)))
    const inOrder = [...living].sort(([one], [other]) => (one < other ? -1 : 1))
    return inOrder.slice(0, page.limit).map(([, record]) => record)
  }

  writeUsage(given: readonly UsageRecord[]): Promise<void> {
    return this.#change((records) => {
      const there = byId(records)
      return [...records, ...given.filter((record) => !there.has(usageIdOf(record)))]
    })
  }

  async #change(to: (records: UsageRecord[]) => UsageRecord[]): Promise<void> {
    const change = this.#turn.then(() => this.#write(to([...this.#records.values()])))
    this.#turn = change.catch(() => undefined) // whoever asked for it is told
    await change
  }

  async #write(wanted: readonly UsageRecord[]): Promise<void> {
    const living = await this.#livingOf(wanted)
    const records = byId(living, this.#place.maxRecords ?? maxRecords)
    if (records.size === 0 && this.#records.size === 0) return
    try {
      await replaceFile(join(this.#place.directory, fileName), linesOf(records))
    } catch (error) {
      throw new StoreUnavailable('The usage could not be written.', { cause: error })
    }
    this.#records = records
  }

  async #livingOf(records: readonly UsageRecord[]): Promise<UsageRecord[]> {
    const ids = [...new Set(records.map(({ accountId }) => accountId))]
    const there = await Promise.all(ids.map((id) => this.#place.hasAccount(id)))
    const living = new Set(ids.filter((_, index) => there[index]))
    return records.filter(({ accountId }) => living.has(accountId))
  }
}

/** One record for each account, key and hour; the newest hours, where there are more than may be. */
function byId(records: readonly UsageRecord[], most = Infinity): Records {
  const sums = new Map<string, UsageRecord>()
  for (const record of records) {
    const id = usageIdOf(record)
    const counts = addUsage(sums.get(id)?.counts, record.counts)
    sums.set(id, { ...record, counts })
  }
  if (sums.size <= most) return sums
  return new Map([...sums].sort(([, a], [, b]) => b.hourMs - a.hourMs).slice(0, most))
}

function* linesOf(records: Records): Iterable<string> {
  yield '{"format":"barbell-usage","version":1,"records":['
  let before = '\n'
  for (const { accountId, keyId, hourMs, counts } of records.values()) {
    const { accepted, refused, limited, failed } = counts
    yield before + JSON.stringify([accountId, keyId, hourMs, accepted, refused, limited, failed])
    before = ',\n'
  }
  yield '\n]}\n'
}

/** @returns null for a text that is not of ours */
function parse(text: string): UsageRecord[] | null {
  try {
    const { records } = fileShape.parse(JSON.parse(text))
    return records.map(([accountId, keyId, hourMs, accepted, refused, limited, failed]) => ({
      accountId,
      keyId,
      hourMs,
      counts: { accepted, refused, limited, failed },
    }))
  } catch {
    return null
  }
}
