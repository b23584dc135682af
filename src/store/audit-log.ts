import type { FileHandle } from 'node:fs/promises'
import { AppendFile } from './durable-file.ts'
import { type AuditEvent, auditKeptPerAccount } from './store.ts'

/** Where the line of an event stands in the file. */
interface Place {
  from: number
  bytes: number
}

/** A line of the file: an event, and the write of the tables that it was stored with, if there was one. */
type Line = AuditEvent & { write?: number }

/** The events at the end of the file that belong to one write of the tables. */
interface Tail {
  write: number
  from: number
}

/**
 * The audit log: one event per line, in a file that only grows. In memory is only where the newest events of
 * each account stand, so that an owner's page reads some lines and not the whole file.
 */
export class AuditLog {
  readonly #path: string
  #file: AppendFile
  #places = new Map<string, Place[]>()
  #tail: Tail | null = null
  /** Where each event stands, by id: only while the log is copied. */
  #placesById: Map<string, Place> | null = null
  /** The ids in order, of as long a log as it was then. */
  #idsInOrder: { size: number; ids: readonly string[] } | null = null
  /** Events were copied here that are not in the order of their times yet. */
  #inDisorder = false

  private constructor(path: string, file: AppendFile) {
    this.#path = path
    this.#file = file
  }

  /** Opens or creates it, and reads it once from end to end. */
  static async open(path: string): Promise<AuditLog> {
    const log = new AuditLog(path, await AppendFile.open(path))
    await log.#readPlaces()
    return log
  }

  get size(): number {
    return this.#file.size
  }

  /**
   * Forgets events whose change a crash kept from the tables: those of the write after the last one. Only one
   * write can be under way. Events of several later writes mean that somebody put back older tables; they stay.
   */
  async dropUnwritten(lastWrite: number): Promise<void> {
    if (this.#tail?.write !== lastWrite + 1) return
    await this.cutTo(this.#tail.from)
    this.#tail = null
  }

  /** The newest write that the end of the log was stored with; 0 where it says none. */
  get newestWrite(): number {
    return this.#tail?.write ?? 0
  }

  /**
   * Durable when it resolves; when it rejects, the log is as before.
   * @param write the write of the tables that the events belong to; null where the tables do not change
   */
  async append(events: readonly AuditEvent[], write: number | null): Promise<void> {
    await this.#putInOrder()
    await this.#append(events, write)
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
    this.#placesById = null
    await this.#file.cutTo(size)
  }

  /** The newest `limit` events, newest first. */
  async latest(limit: number): Promise<AuditEvent[]> {
    await this.#putInOrder()
    return (await this.#file.lastLines(limit)).flatMap((line) => eventOf(line) ?? [])
  }

  /** The newest events about an account, newest first. */
  async latestOf(accountId: string, limit: number): Promise<AuditEvent[]> {
    await this.#putInOrder()
    const places = (this.#places.get(accountId) ?? []).slice(-Math.max(1, limit)).reverse()
    return this.#eventsAt(places.slice(0, limit))
  }

  /** Events in the order of their ids, by code units. */
  async page(page: { afterId: string | null; limit: number }): Promise<AuditEvent[]> {
    const places = await this.#knowIds()
    if (this.#idsInOrder?.size !== this.size) {
      this.#idsInOrder = { size: this.size, ids: [...places.keys()].sort(byCodeUnits) }
    }
    const { ids } = this.#idsInOrder
    const { afterId } = page
    const first = afterId === null ? 0 : ids.findIndex((id) => id > afterId)
    const wanted = first < 0 ? [] : ids.slice(first, first + page.limit)
    return this.#eventsAt(wanted.flatMap((id) => places.get(id) ?? []))
  }

  /** Adds the events whose ids are not there yet, as `append` does. @returns how many there were */
  async addMissing(events: readonly AuditEvent[]): Promise<number> {
    const known = await this.#knowIds()
    const missing = events.filter(({ id }) => !known.has(id))
    // An earlier copy may have been interrupted before its events were in order.
    this.#inDisorder = true
    if (missing.length > 0) await this.#append(missing, null)
    return missing.length
  }

  /** Frees the memory for accounts that are gone: nobody can ask for their events any more. */
  keepOnly(isThere: (accountId: string) => boolean): void {
    for (const accountId of this.#places.keys()) {
      if (!isThere(accountId)) this.#places.delete(accountId)
    }
  }

  async close(): Promise<void> {
    try {
      await this.#putInOrder()
    } finally {
      await this.#file.close()
    }
  }

  async #append(events: readonly AuditEvent[], write: number | null): Promise<void> {
    const tag = write === null ? {} : { write }
    const lines = events.map((event) => JSON.stringify({ ...event, ...tag } satisfies Line))
    let from = this.size
    await this.#file.append(lines)
    for (const [index, line] of lines.entries()) {
      const bytes = Buffer.byteLength(line)
      const event = events[index]
      if (event !== undefined) this.#remember(event, { from, bytes })
      from += bytes + 1
    }
  }

  async #readPlaces(): Promise<void> {
    this.#places = new Map()
    this.#tail = null
    for await (const { text, ...place } of this.#file.lines()) {
      const line = lineOf(text)
      if (line === null) continue
      this.#remember(line, place)
      this.#tail = tailWith(this.#tail, { write: line.write, from: place.from })
    }
  }

  #remember(event: AuditEvent, place: Place): void {
    this.#placesById?.set(event.id, place)
    if (event.accountId === null) return
    const places = this.#places.get(event.accountId) ?? []
    places.push(place)
    if (places.length > auditKeptPerAccount) places.shift()
    this.#places.set(event.accountId, places)
  }

  async #knowIds(): Promise<ReadonlyMap<string, Place>> {
    if (this.#placesById !== null) return this.#placesById
    const places = new Map<string, Place>()
    for await (const { text, ...place } of this.#file.lines()) {
      const event = eventOf(text)
      if (event !== null) places.set(event.id, place)
    }
    this.#placesById = places
    return places
  }

  async #eventsAt(places: readonly Place[]): Promise<AuditEvent[]> {
    const lines = await Promise.all(places.map(({ from, bytes }) => this.#file.text(from, bytes)))
    return lines.flatMap((line) => eventOf(line) ?? [])
  }

  /** Copied events come in the order of their ids; from here on the log is in the order of their times again. */
  async #putInOrder(): Promise<void> {
    if (!this.#inDisorder) return
    const lines: { text: string; atMs: number }[] = []
    for await (const { text } of this.#file.lines()) {
      // Every line stays, so that the log keeps its size.
      lines.push({ text, atMs: lineOf(text)?.atMs ?? lines.at(-1)?.atMs ?? 0 })
    }
    lines.sort((one, other) => one.atMs - other.atMs)
    this.#file = await this.#file.replacedBy(
      this.#path,
      lines.map(({ text }) => text),
    )
    this.#placesById = null
    this.#inDisorder = false
    await this.#readPlaces()
  }
}

const tailBytes = 4 * 1024 * 1024 // more than a server appends between two reads of ours

/**
 * How much of a log belongs to tables that were written `writes` times: a server may be appending to it. Without
 * the unfinished last line, and without what came with and after a later write.
 */
export async function auditBytesOf(file: FileHandle, writes: number): Promise<number> {
  const { size } = await file.stat()
  const tail = Buffer.alloc(Math.min(size, tailBytes))
  await file.read(tail, 0, tail.length, size - tail.length)
  let end = tail.lastIndexOf(0x0a) + 1
  for (let stop = end; stop > 0;) {
    const start = stop < 2 ? 0 : tail.lastIndexOf(0x0a, stop - 2) + 1
    const write = lineOf(tail.toString('utf8', start, stop))?.write
    if (write !== undefined && write <= writes) break
    if (write !== undefined) end = start
    stop = start
  }
  return size - tail.length + end
}

function tailWith(
  tail: Tail | null,
  line: { write: number | undefined; from: number },
): Tail | null {
  const { write, from } = line
  if (write === undefined) return null
  return tail?.write === write ? tail : { write, from }
}

function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function eventOf(text: string): AuditEvent | null {
  const line = lineOf(text)
  if (line !== null) delete line.write
  return line
}

/** A line that is no event is what a power cut left of one that nobody was promised: the log goes on without it. */
function lineOf(text: string): Line | null {
  try {
    const line = JSON.parse(text) as Partial<Line> | null
    return typeof line?.id === 'string' ? (line as Line) : null
  } catch {
    return null
  }
}
