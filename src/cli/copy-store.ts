import { createHash } from 'node:crypto'
import { type PortableStore, type StoreTables, storeTables } from '#store/store.ts'
import type { CopyMark } from '#store/unfinished-copy.ts'
import { CommandFailed } from './command-failed.ts'

type TableName = keyof StoreTables

/** How far a copy is. */
export interface CopyProgress {
  step: 'looking at' | 'copying' | 'verifying'
  table: TableName
  records: number
}

/** What a table was found to hold on both sides. */
export interface CopiedTable {
  table: TableName
  records: number
  /** SHA-256 over the canonical JSON of every record in the order of their ids; hex. */
  digest: string
}

const batchSize = 2500

/**
 * Copies everything, and verifies that both sides hold the same then. The source is only read. What an
 * interrupted copy left in the target stays, and is not copied again.
 * @param copy.mark of the target; it is left where the copy does not come to its end
 * @throws {CommandFailed} if the target holds something else than the source, before or after
 */
export async function copyStore(copy: {
  source: PortableStore
  target: PortableStore
  mark: CopyMark
  onProgress: (progress: CopyProgress) => void
}): Promise<CopiedTable[]> {
  // All tables first: nothing is written into a target that would have to be emptied again.
  for (const table of storeTables) await refuseForeign(copy, table)
  await copy.mark.set()
  for (const table of storeTables) await copyTable(copy, table)
  const copied: CopiedTable[] = []
  for (const table of storeTables) copied.push(await verifyTable(copy, table))
  await copy.mark.remove()
  return copied
}

type Copy = Parameters<typeof copyStore>[0]

/** A target may hold a part of the source and nothing else: two stores cannot be merged. */
async function refuseForeign(
  { source, target, onProgress }: Copy,
  table: TableName,
): Promise<void> {
  const ours = recordsOf(source, table)
  let records = 0
  let at = await ours.next()
  for await (const theirs of recordsOf(target, table)) {
    while (at.done !== true && at.value.id < theirs.id) at = await ours.next()
    if (at.done === true || canonicalJson(at.value) !== canonicalJson(theirs)) {
      throw new CommandFailed(
        `The target holds something in ${table} (${theirs.id}) that the source does not hold like that: it was used, or the source was used after a copy that was interrupted. Empty the target and give the command again. Nothing was changed.`,
      )
    }
    records += 1
    if (records % batchSize === 0) onProgress({ step: 'looking at', table, records })
  }
}

async function copyTable({ source, target, onProgress }: Copy, table: TableName): Promise<void> {
  let records = 0
  for await (const page of pagesOf(source, table)) {
    await target.writeTable(table, page)
    records += page.length
    onProgress({ step: 'copying', table, records })
  }
}

async function verifyTable(
  { source, target, onProgress }: Copy,
  table: TableName,
): Promise<CopiedTable> {
  const onPage = (records: number): void => onProgress({ step: 'verifying', table, records })
  const theirs = await digestOf(target, table, onPage)
  const ours = await digestOf(source, table, onPage)
  if (ours.records === theirs.records && ours.digest === theirs.digest) return { table, ...ours }
  throw new CommandFailed(
    `The copy is not the same: ${table} has ${ours.records} records in the source and ${theirs.records} in the target${ours.records === theirs.records ? ', with other content' : ''}. Go on with the source, empty the target, and give the command again.`,
  )
}

async function digestOf(
  store: PortableStore,
  table: TableName,
  onPage: (records: number) => void,
): Promise<{ records: number; digest: string }> {
  const hash = createHash('sha256')
  let records = 0
  for await (const page of pagesOf(store, table)) {
    for (const record of page) hash.update(`${canonicalJson(record)}\n`)
    records += page.length
    onPage(records)
  }
  return { records, digest: hash.digest('hex') }
}

async function* recordsOf<Table extends TableName>(
  store: PortableStore,
  table: Table,
): AsyncGenerator<StoreTables[Table]> {
  for await (const page of pagesOf(store, table)) yield* page
}

async function* pagesOf<Table extends TableName>(
  store: PortableStore,
  table: Table,
): AsyncGenerator<StoreTables[Table][]> {
  let afterId: string | null = null
  for (;;) {
    const page: StoreTables[Table][] = await store.readTable(table, { afterId, limit: batchSize })
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    afterId = last.id
  }
}

/** One text for equal records, whatever the order of their members; no record holds another object. */
function canonicalJson(record: StoreTables[TableName]): string {
  return JSON.stringify(record, Object.keys(record).sort())
}
