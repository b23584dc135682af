import { createHash } from 'node:crypto'
import {
  type PortableStore,
  type PortableUsage,
  type StoreTables,
  storeTables,
  usageIdOf,
  type UsageRecord,
} from '#store/store.ts'
import type { CopyMark } from '#store/unfinished-copy.ts'
import { CommandFailed } from './command-failed.ts'

/** What is copied from, or to. */
export interface CopySide {
  store: PortableStore
  usage: PortableUsage
}

type TableName = keyof StoreTables | 'usage'

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
  source: CopySide
  target: CopySide
  mark: CopyMark
  onProgress: (progress: CopyProgress) => void
}): Promise<CopiedTable[]> {
  const { source, target, mark, onProgress } = copy
  const tables = [
    ...storeTables.map((name) => tableCopy(name, { source, target, onProgress })),
    usageCopy({ source, target, onProgress }),
  ]
  // All tables first: nothing is written into a target that would have to be emptied again.
  for (const table of tables) await table.refuseForeign()
  await mark.set()
  await target.usage.sweepUsage(0) // none is too old for that: it forgets accounts of before that are not there
  for (const table of tables) await table.copy()
  const copied: CopiedTable[] = []
  for (const table of tables) copied.push(await table.verify())
  await mark.remove()
  return copied
}

type Sides = Omit<Parameters<typeof copyStore>[0], 'mark'>

function tableCopy<Table extends keyof StoreTables>(
  name: Table,
  { source, target, onProgress }: Sides,
): Pick<TableCopy<StoreTables[Table]>, 'refuseForeign' | 'copy' | 'verify'> {
  const sideOf = ({ store }: CopySide): TableSide<StoreTables[Table]> => ({
    read: (after, limit) => store.readTable(name, { afterId: after?.id ?? null, limit }),
    write: (records) => store.writeTable(name, records),
  })
  const sides = { source: sideOf(source), target: sideOf(target) }
  return new TableCopy({ name, ...sides, idOf: ({ id }) => id, onProgress })
}

function usageCopy({ source, target, onProgress }: Sides): TableCopy<UsageRecord> {
  const sideOf = ({ usage }: CopySide): TableSide<UsageRecord> => ({
    read: (after, limit) => usage.readUsage({ after, limit }),
    write: (records) => usage.writeUsage(records),
  })
  const sides = { source: sideOf(source), target: sideOf(target) }
  return new TableCopy({ name: 'usage', ...sides, idOf: usageIdOf, onProgress })
}

/** A table of one side. */
interface TableSide<R> {
  /** A page of records, in ascending order of their ids. */
  read(after: R | null, limit: number): Promise<R[]>
  /** Adds those that are not there yet. */
  write(records: readonly R[]): Promise<unknown>
}

/** The copy of one table. */
class TableCopy<R extends object> {
  readonly #name: TableName
  readonly #source: TableSide<R>
  readonly #target: TableSide<R>
  readonly #idOf: (record: R) => string
  readonly #tell: (step: CopyProgress['step'], records: number) => void

  constructor(of: {
    name: TableName
    source: TableSide<R>
    target: TableSide<R>
    idOf: (record: R) => string
    onProgress: (progress: CopyProgress) => void
  }) {
    this.#name = of.name
    this.#source = of.source
    this.#target = of.target
    this.#idOf = of.idOf
    this.#tell = (step, records) => of.onProgress({ step, table: of.name, records })
  }

  /** A target may hold a part of the source and nothing else: two stores cannot be merged. */
  async refuseForeign(): Promise<void> {
    const ours = recordsOf(this.#source)
    let records = 0
    let at = await ours.next()
    for await (const theirs of recordsOf(this.#target)) {
      const id = this.#idOf(theirs)
      while (at.done !== true && this.#idOf(at.value) < id) at = await ours.next()
      if (at.done === true || canonicalJson(at.value) !== canonicalJson(theirs)) {
        throw new CommandFailed(
          `The target holds something in ${this.#name} (${id}) that the source does not hold like that: it was used, or the source was used after a copy that was interrupted. Empty the target and give the command again. Nothing was changed.`,
        )
      }
      records += 1
      if (records % batchSize === 0) this.#tell('looking at', records)
    }
  }

  async copy(): Promise<void> {
    let records = 0
    for await (const page of pagesOf(this.#source)) {
      await this.#target.write(page)
      records += page.length
      this.#tell('copying', records)
    }
  }

  async verify(): Promise<CopiedTable> {
    const theirs = await this.#digestOf(this.#target)
    const ours = await this.#digestOf(this.#source)
    const isSame = ours.records === theirs.records && ours.digest === theirs.digest
    if (isSame) return { table: this.#name, ...ours }
    throw new CommandFailed(
      `The copy is not the same: ${this.#name} has ${ours.records} records in the source and ${theirs.records} in the target${ours.records === theirs.records ? ', with other content' : ''}. Go on with the source, empty the target, and give the command again.`,
    )
  }

  async #digestOf(side: TableSide<R>): Promise<{ records: number; digest: string }> {
    const hash = createHash('sha256')
    let records = 0
    for await (const page of pagesOf(side)) {
      for (const record of page) hash.update(`${canonicalJson(record)}\n`)
      records += page.length
      this.#tell('verifying', records)
    }
    return { records, digest: hash.digest('hex') }
  }
}

async function* recordsOf<R>(side: TableSide<R>): AsyncGenerator<R> {
  for await (const page of pagesOf(side)) yield* page
}

async function* pagesOf<R>(side: TableSide<R>): AsyncGenerator<R[]> {
  let after: R | null = null
  for (;;) {
    const page: R[] = await side.read(after, batchSize)
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    after = last
  }
}

/** One text for equal records, whatever the order of their members. */
function canonicalJson(record: object): string {
  return JSON.stringify(record, namesIn(record).sort())
}

/** The names of its members, and of theirs. */
function namesIn(record: object): string[] {
  return Object.entries(record).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? [name, ...namesIn(value)] : [name],
  )
}
