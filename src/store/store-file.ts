import type { Adapter } from 'lowdb'
import { z } from 'zod'
import { readOwnFile, replaceFile } from './durable-file.ts'
import {
  type AccountRecord,
  type KeyRecord,
  type SessionRecord,
  type SigningKeyRecord,
  StoreRefused,
} from './store.ts'
import type { Table } from './table.ts'
import { emptyTables, type Tables } from './tables.ts'

/** The version of the file's shape that is written. Older ones are read and become this one at the next write. */
export const storeVersion = 3

const pieceLength = 256 * 1024 // under a millisecond each

const time = z.int().nonnegative()

const accountShape = z.strictObject({
  id: z.string().min(1),
  username: z.string().min(1),
  canonicalName: z.string().min(1),
  kind: z.enum(['own', 'sandbox']),
  passwordHash: z.string().min(1),
  passwordVersion: z.int().positive(),
  seedDigest: z.string().min(1).nullable(),
  createdAtMs: time,
  expiresAtMs: time.nullable(),
  disabledAtMs: time.nullable(),
}) satisfies z.ZodType<AccountRecord>

const keyShape = z.strictObject({
  id: z.string().min(1),
  accountId: z.string().min(1),
  digest: z.string().min(1),
  label: z.string(),
  hint: z.string(),
  createdAtMs: time,
  expiresAtMs: time.nullable(),
  revokedAtMs: time.nullable(),
  lastUsedAtMs: time.nullable(),
  successorId: z.string().min(1).nullable(),
}) satisfies z.ZodType<KeyRecord>

const sessionShape = z.strictObject({
  id: z.string().min(1),
  accountId: z.string().min(1),
  createdAtMs: time,
  expiresAtMs: time,
  userAgent: z.string(),
  address: z.string(),
  confirmedAtMs: time,
}) satisfies z.ZodType<SessionRecord>

const signingKeyShape = z.strictObject({
  id: z.string().min(1),
  publicX: z.string().min(1),
  sealedPrivateKey: z.string().min(1),
  createdAtMs: time,
  endsAtMs: time.nullable(),
}) satisfies z.ZodType<SigningKeyRecord>

const headShape = z.object({ format: z.literal('barbell-store'), version: z.int() })

const fileShape = z.strictObject({
  format: z.literal('barbell-store'),
  version: z.literal(storeVersion),
  savedAtMs: time,
  writes: z.int().nonnegative(),
  accounts: z.array(accountShape),
  keys: z.array(keyShape),
  sessions: z.array(sessionShape),
  signingKeys: z.array(signingKeyShape),
})

type StoreContent = z.infer<typeof fileShape>

/** Version 2 could not close an account, and did not count its writes. */
const fileShapeV2 = z
  .strictObject({
    ...fileShape.omit({ writes: true }).shape,
    version: z.literal(2),
    accounts: z.array(accountShape.omit({ disabledAtMs: true })),
  })
  .transform((file): StoreContent => ({
    ...file,
    version: storeVersion,
    writes: 0,
    accounts: file.accounts.map((account) => ({ ...account, disabledAtMs: null })),
  }))

/** Version 1 knew no change of password, no confirmation and no second signing key either. */
const fileShapeV1 = z
  .strictObject({
    ...fileShape.omit({ writes: true }).shape,
    version: z.literal(1),
    accounts: z.array(accountShape.omit({ disabledAtMs: true, passwordVersion: true })),
    sessions: z.array(sessionShape.omit({ confirmedAtMs: true })),
    signingKeys: z.array(signingKeyShape.omit({ endsAtMs: true })),
  })
  .transform((file): StoreContent => ({
    ...file,
    version: storeVersion,
    writes: 0,
    accounts: file.accounts.map((each) => ({ ...each, disabledAtMs: null, passwordVersion: 1 })),
    // The password was given when the session began.
    sessions: file.sessions.map((each) => ({ ...each, confirmedAtMs: each.createdAtMs })),
    signingKeys: file.signingKeys.map((key) => ({ ...key, endsAtMs: null })),
  }))

/** The records are not there as they were written. The message says so; what to do is to restore a backup. */
export class StoreDamaged extends StoreRefused {}

/** How a file of each older version is read. */
const olderShapes: Readonly<Record<number, z.ZodType<StoreContent>>> = {
  1: fileShapeV1,
  2: fileShapeV2,
}

/** lowdb's way to the disk: one JSON file with one record per line, replaced as a whole. */
export class StoreFile implements Adapter<Tables> {
  readonly #path: string
  readonly #clock: { nowMs(): number }
  readonly #onWrite: (ms: number) => void
  /** Rows never change in place, so that each is turned into text once, not at every write. */
  #versionRead = storeVersion
  readonly #texts = new WeakMap<object, string>()

  /** @param onWrite told how long each write took that became durable */
  constructor(
    path: string,
    clock: { nowMs(): number },
    onWrite: (ms: number) => void = () => undefined,
  ) {
    this.#path = path
    this.#clock = clock
    this.#onWrite = onWrite
  }

  /** Whether the file that was read has an older shape than what is written. */
  get isOld(): boolean {
    return this.#versionRead < storeVersion
  }

  /** @returns null if there is no file yet. @throws {StoreRefused} if it is not whole or not ours */
  async read(): Promise<Tables | null> {
    const text = await readOwnFile(this.#path)
    if (text === null) return null
    const { tables, version } = parseStoreFile(text, this.#path)
    this.#versionRead = version
    return tables
  }

  async write(tables: Tables): Promise<void> {
    const startedAt = performance.now()
    await replaceFile(this.#path, this.#format(tables))
    this.#onWrite(performance.now() - startedAt)
  }

  /** In pieces, so that the process can do something else between them. */
  *#format(tables: Tables): Generator<string> {
    yield `{\n"format":"barbell-store",\n"version":${storeVersion},\n`
    yield `"savedAtMs":${this.#clock.nowMs()},\n"writes":${tables.writes}`
    yield* this.#list('accounts', tables.accounts.rows())
    yield* this.#list('keys', tables.keys.rows())
    yield* this.#list('sessions', tables.sessions.rows())
    yield* this.#list('signingKeys', tables.signingKeys.rows())
    yield '\n}\n'
  }

  *#list(name: string, rows: Iterable<object>): Generator<string> {
    yield `,\n"${name}":[\n`
    let texts: string[] = []
    let length = 0
    let separator = ''
    for (const row of rows) {
      const text = this.#text(row)
      texts.push(text)
      length += text.length
      if (length < pieceLength) continue
      yield separator + texts.join(',\n')
      separator = ',\n'
      texts = []
      length = 0
    }
    yield `${texts.length > 0 ? separator : ''}${texts.join(',\n')}\n]`
  }

  #text(row: object): string {
    const known = this.#texts.get(row)
    if (known !== undefined) return known
    const text = JSON.stringify(row)
    this.#texts.set(row, text)
    return text
  }
}

/**
 * @returns the tables, and the version of the shape that they were written in
 * @throws {StoreRefused} for a text that no version up to this one wrote whole; says what to do
 */
export function parseStoreFile(text: string, path: string): { tables: Tables; version: number } {
  const leftAsItIs = (what: string): string => `${path} ${what}. It was left as it is.`
  const damaged = (what: string): StoreDamaged => new StoreDamaged(leftAsItIs(what))

  if (text.trim() === '') throw damaged('is empty: restore it from a backup')
  const content = parseJson(text)
  if (content === undefined) throw damaged('is damaged (not whole JSON): restore it from a backup')
  const head = headShape.safeParse(content)
  if (!head.success) throw damaged('is not a Barbell store: move it away, or restore a backup')
  const { version } = head.data
  if (version > storeVersion) {
    throw new StoreRefused(
      leftAsItIs(
        `was written by a newer server (version ${version}, this server reads ${storeVersion}): start the newer one`,
      ),
    )
  }
  const file = (olderShapes[version] ?? fileShape).safeParse(content)
  if (!file.success) throw damaged(`is damaged (${whereOf(file.error)}): restore it from a backup`)
  const tables = { ...emptyTables(), writes: file.data.writes }
  fill(tables.accounts, file.data.accounts)
  fill(tables.keys, file.data.keys)
  fill(tables.sessions, file.data.sessions)
  fill(tables.signingKeys, file.data.signingKeys)
  const twice = findRepeated(file.data)
  if (twice !== null) throw damaged(`is damaged (${twice} twice): restore it from a backup`)
  return { tables, version }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function fill<T extends { readonly id: string }, I extends string>(
  table: Table<T, I>,
  rows: T[],
): void {
  for (const row of rows) table.put(row)
}

function whereOf(error: z.ZodError): string {
  return error.issues[0]?.path.join('.') ?? 'shape'
}

function findRepeated(file: StoreContent): string | null {
  const { accounts, keys, sessions, signingKeys } = file
  const unique: [string, (string | null)[]][] = [
    ['an account id', accounts.map(({ id }) => id)],
    ['a username', accounts.map(({ canonicalName }) => canonicalName)],
    ['a seed', accounts.map(({ seedDigest }) => seedDigest)],
    ['a key id', keys.map(({ id }) => id)],
    ['a key', keys.map(({ digest }) => digest)],
    ['a session id', sessions.map(({ id }) => id)],
    ['a signing key', signingKeys.map(({ id }) => id)],
  ]
  const repeated = unique.find(([, all]) => {
    const values = all.filter((value) => value !== null)
    return new Set(values).size < values.length
  })
  return repeated?.[0] ?? null
}
