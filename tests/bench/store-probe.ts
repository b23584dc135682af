/**
 * Measures the embedded store of a folder in a process of its own, so that its memory is nobody else's:
 * `node --expose-gc tests/bench/store-probe.ts FOLDER`. Prints the figures as one line of JSON.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openLowdbStore } from '#store/lowdb-store.ts'
import type { PortableStore } from '#store/store.ts'
import { accountRecord, auditRecord, keyRecord } from '../contract/records.ts'
import { percentile } from './numbers.ts'

/** What was measured, in milliseconds and MiB. */
export interface StoreFigures {
  startMs: number
  memoryMb: number
  /** One write after the other. */
  write: { p50: number; p99: number }
  /** Writes that come at a steady pace, whether or not the ones before are done. */
  pacedWrite: { p50: number; p99: number }
  /** From the moment at which a check was due, so that what blocks the process counts. */
  keyCheck: { p50: number; p99: number }
  /** The same while writes come at a steady pace. */
  keyCheckWhileWriting: { p50: number; p99: number }
}

const writes = 60
const pacedSeconds = 5
const writesPerSecond = 100
const checksPerSecond = 500

/** Digest number `index` of those that the folder was filled with. */
export function digestOf(index: number): string {
  return `p1:${String(index).padStart(43, '0')}`
}

async function measure(directory: string): Promise<StoreFigures> {
  const before = settledMemoryMb()
  const startedAt = performance.now()
  const store = await openLowdbStore({ directory, clock: { nowMs: () => Date.now() } })
  const startMs = performance.now() - startedAt
  const memoryMb = settledMemoryMb() - before
  const write = await writeInTurn(store)
  const keyCheck = await checkAtPace(store)
  const [pacedWrite, keyCheckWhileWriting] = await Promise.all([
    writeAtPace(store),
    checkAtPace(store),
  ])
  await store.close()
  return { startMs, memoryMb, write, pacedWrite, keyCheck, keyCheckWhileWriting }
}

async function writeInTurn(store: PortableStore): Promise<StoreFigures['write']> {
  const times: number[] = []
  for (let count = 0; count < writes; count += 1) times.push(await timed(() => insert(store)))
  return describe(times)
}

async function writeAtPace(store: PortableStore): Promise<StoreFigures['write']> {
  const ends: Promise<number>[] = []
  await atPace(writesPerSecond, (dueAt) => {
    ends.push(insert(store).then(() => performance.now() - dueAt))
  })
  return describe(await Promise.all(ends))
}

async function checkAtPace(store: PortableStore): Promise<StoreFigures['write']> {
  const ends: Promise<number>[] = []
  let digest = 0
  await atPace(checksPerSecond, (dueAt) => {
    digest = (digest + 7919) % 1000 // every folder has a thousand
    ends.push(checkKey(store, digestOf(digest)).then(() => performance.now() - dueAt))
  })
  return describe(await Promise.all(ends))
}

/** Calls `act` with the moment at which each call was due; those that are late come at once, not never. */
async function atPace(perSecond: number, act: (dueAt: number) => void): Promise<void> {
  const startedAt = performance.now()
  for (let done = 0; done < pacedSeconds * perSecond;) {
    const dueAt = startedAt + (done * 1000) / perSecond
    if (performance.now() < dueAt) {
      await sleep(1)
      continue
    }
    act(dueAt)
    done += 1
  }
}

async function checkKey(store: PortableStore, digest: string): Promise<void> {
  const key = await store.keyByDigest(digest)
  const account = key === null ? null : await store.accountById(key.accountId)
  if (account === null) throw new Error(`${digest} is not there`)
}

async function insert(store: PortableStore): Promise<void> {
  const id = `new-${performance.now()}`
  const account = accountRecord({ id, canonicalName: id })
  const firstKey = keyRecord({ id, accountId: id, digest: `p1:${id}` })
  await store.insertAccount({ account, firstKey }, auditRecord({ accountId: id }))
}

async function timed(act: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await act()
  return performance.now() - startedAt
}

function describe(times: readonly number[]): { p50: number; p99: number } {
  return { p50: percentile(times, 50), p99: percentile(times, 99) }
}

function settledMemoryMb(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss() / 1024 / 1024
}

const [directory] = process.argv.slice(2)
if (import.meta.main && directory !== undefined) {
  console.log(JSON.stringify(await measure(directory)))
}
