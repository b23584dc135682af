import { AppendFile } from './durable-file.ts'
import { type AuditEvent, auditKeptPerAccount } from './store.ts'

/** Where the line of an event stands in the file. */
interface Place {
  from: number
  bytes: number
}

/**
 * The audit log: one event per line, in a file that only grows. In memory is only where the newest events of
 * each account stand, so that an owner's page reads some lines and not the whole file.
 */
export class AuditLog {
  readonly #file: AppendFile
  readonly #places = new Map<string, Place[]>()

  private constructor(file: AppendFile) {
    this.#file = file
  }

  /** Opens or creates it, and reads it once from end to end. */
  static async open(path: string): Promise<AuditLog> {
    const log = new AuditLog(await AppendFile.open(path))
    for await (const { text, ...place } of log.#file.lines()) {
      const accountId = accountIdIn(text)
      if (accountId !== null) log.#remember(accountId, place)
    }
    return log
  }

  get size(): number {
    return this.#file.size
  }

  /** Durable when it resolves; when it rejects, the log is as before. */
  async append(events: readonly AuditEvent[]): Promise<void> {
    const lines = events.map((event) => JSON.stringify(event))
    let from = this.#file.size
    await this.#file.append(lines)
    for (const [index, line] of lines.entries()) {
      const bytes = Buffer.byteLength(line)
      const accountId = events[index]?.accountId ?? null
      if (accountId !== null) this.#remember(accountId, { from, bytes })
      from += bytes + 1
    }
  }

  /** Forgets what was appended after the log had this size. */
  async cutTo(size: number): Promise<void> {
    for (const [accountId, places] of this.#places) {
      if ((places.at(-1)?.from ?? 0) < size) continue
      this.#places.set(
        accountId,
        places.filter(({ from }) => from < size),
      )
    }
    await this.#file.cutTo(size)
  }

  /** The newest `limit` events, newest first. */
  async latest(limit: number): Promise<AuditEvent[]> {
    return (await this.#file.lastLines(limit)).map(eventOf)
  }

  /** The newest events about an account, newest first. */
  async latestOf(accountId: string, limit: number): Promise<AuditEvent[]> {
    const places = (this.#places.get(accountId) ?? []).slice(-Math.max(1, limit)).reverse()
    const lines = await Promise.all(
      places.slice(0, limit).map(({ from, bytes }) => this.#file.text(from, bytes)),
    )
    return lines.map(eventOf)
  }

  /** Frees the memory for accounts that are gone: nobody can ask for their events any more. */
  keepOnly(isThere: (accountId: string) => boolean): void {
    for (const accountId of this.#places.keys()) {
      if (!isThere(accountId)) this.#places.delete(accountId)
    }
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  #remember(accountId: string, place: Place): void {
    const places = this.#places.get(accountId) ?? []
    places.push(place)
    if (places.length > auditKeptPerAccount) places.shift()
    this.#places.set(accountId, places)
  }
}

function eventOf(line: string): AuditEvent {
  return JSON.parse(line) as AuditEvent
}

/** A line that is no event is nobody's: the log goes on without it. */
function accountIdIn(line: string): string | null {
  try {
    return eventOf(line).accountId
  } catch {
    return null
  }
}
