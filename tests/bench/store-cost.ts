/**
 * What the embedded store costs by the number of its accounts: `node tests/bench/store-cost.ts`, or as part
 * `store-cost` of `npm run bench`. The table stands in the operations page.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { accountRecord, auditRecord, keyRecord } from '../contract/records.ts'
import { conditions, type Findings, target } from './findings.ts'
import { table } from './numbers.ts'
import { full, type Scale } from './scale.ts'
import { digestOf, type StoreFigures } from './store-probe.ts'

const pageSize = 10_000
const probe = fileURLToPath(new URL('store-probe.ts', import.meta.url))
const head = [
  'accounts',
  'file',
  'start',
  'memory',
  'write p50 / p99',
  'write at 100/s p50 / p99',
  'key check p99',
  'key check p99 at 100 writes/s',
]

interface Cost {
  accounts: number
  fileMb: number
  figures: StoreFigures
}

/** Measures a store of each size in a process of its own. */
export async function measureStoreCost({ storeAccounts }: Scale): Promise<Findings> {
  const how = `${conditions()}\nOne key per account; a write makes an account with its key. A key check is one look-up of a key and its account, timed from the moment at which it was due.`
  const costs: Cost[] = []
  for (const accounts of storeAccounts) costs.push(await measureSize(accounts))
  const largest = costs.at(-1)
  const most = (largest?.accounts ?? 0).toLocaleString('en')
  return {
    how,
    tables: [table(head, costs.map(rowOf))],
    targets: [
      target(`start with ${most} accounts`, largest?.figures.startMs, { atMost: 5000 }, inMs),
      target(`key check p99 with ${most}`, largest?.figures.keyCheck.p99, { atMost: 5 }, inMs),
    ],
  }
}

async function measureSize(accounts: number): Promise<Cost> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-cost-'))
  try {
    await fill(directory, accounts)
    const { size } = await stat(join(directory, 'barbell.json'))
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      probe,
      directory,
    ])
    const figures = JSON.parse(stdout) as StoreFigures
    return { accounts, fileMb: size / 1024 / 1024, figures }
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Texts are as long as real ones, since the file's size decides. */
async function fill(directory: string, accounts: number): Promise<void> {
  const store = await openLowdbStore({ directory, clock: { nowMs: () => Date.now() } })
  for (let first = 0; first < accounts; first += pageSize) {
    const numbers = Array.from(
      { length: Math.min(pageSize, accounts - first) },
      (_, at) => first + at,
    )
    const ids = numbers.map((number) => [number, String(number).padStart(22, '0')] as const)
    const passwordHash = `p1:${'h'.repeat(60)}`
    await store.writeTable(
      'accounts',
      ids.map(([, id]) => accountRecord({ id, canonicalName: `name-${id}`, passwordHash })),
    )
    await store.writeTable(
      'keys',
      ids.map(([number, id]) => keyRecord({ id, accountId: id, digest: digestOf(number) })),
    )
    await store.writeTable(
      'audit',
      ids.map(([, id]) => auditRecord({ id, accountId: id })),
    )
  }
  await store.close()
}

function rowOf({ accounts, fileMb, figures }: Cost): string[] {
  const pair = ({ p50, p99 }: { p50: number; p99: number }): string => `${inMs(p50)} / ${inMs(p99)}`
  return [
    accounts.toLocaleString('en'),
    `${fileMb.toFixed(1)} MB`,
    inMs(figures.startMs),
    `${figures.memoryMb.toFixed(0)} MB`,
    pair(figures.write),
    pair(figures.pacedWrite),
    inMs(figures.keyCheck.p99),
    inMs(figures.keyCheckWhileWriting.p99),
  ]
}

function inMs(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`
}

if (import.meta.main) {
  const { how, tables } = await measureStoreCost(full)
  console.log([how, ...tables].join('\n\n'))
}
