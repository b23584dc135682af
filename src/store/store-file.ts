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
export const storeVersion = 2

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
  accounts: z.array(accountShape),
  keys: z.array(keyShape),
  sessions: z.array(sessionShape),
  signingKeys: z.array(signingKeyShape),
})

type StoreContent = z.infer<typeof fileShape>

/** Version 1 knew no change of password, no confirmation and no second signing key. */
const fileShapeV1 = z
  .strictObject({
    ...fileShape.shape,
    version: z.literal(1),
    accounts: z.array(accountShape.omit({ passwordVersion: true })),
    sessions: z.array(sessionShape.omit({ confirmedAtMs: true })),
    signingKeys: z.array(signingKeyShape.omit({ endsAtMs: true })),
  })
  .transform((file): StoreContent => ({
    ...file,
    version: storeVersion,
    accounts: file.accounts.map((account) => ({ ...account, passwordVersion: 1 })),
    // The password was given when the session began.
    sessions: file.sessions.map((each) => ({ ...each, confirmedAtMs: each.createdAtMs })),
    signingKeys: file.signingKeys.map((key) => ({ ...key, endsAtMs: null })),
  }))

/** lowdb's way to the disk: one JSON file with one record per line, replaced as a whole. */
export class StoreFile implements Adapter<Tables> {
  readonly #path: string
  readonly #clock: { nowMs(): number }
  /** Rows never change in place, so that each is turned into text once, not at every write. */
  readonly #texts = new WeakMap<object, string>()

  constructor(path: string, clock: { nowMs(): number }) {
    this.#path = path
    this.#clock = clock
  }

  /** @returns null if there is no file yet. @throws {StoreRefused} if it is not whole or not ours */
  async read(): Promise<Tables | null> {
    const text = await readOwnFile(this.#path)
    return text === null ? null : parseStoreFile(text, this.#path)
  }

  async write(tables: Tables): Promise<void> {
    await replaceFile(this.#path, this.#format(tables))
  }

  #format(tables: Tables): string {
    const members = [
      `"format":"barbell-store"`,
      `"version":${storeVersion}`,
      `"savedAtMs":${this.#clock.nowMs()}`,
      this.#list('accounts', tables.accounts.rows()),
      this.#list('keys', tables.keys.rows()),
      this.#list('sessions', tables.sessions.rows()),
      this.#list('signingKeys', tables.signingKeys.rows()),
    ]
    return `{\n${members.join(',\n')}\n}\n`
  }

  #list(name: string, rows: Iterable<object>): string {
    return `"${name}":[\n${[...rows].map((row) => this.#text(row)).join(',\n')}\n]`
  }

  #text(row: object): string {
    const known = this.#texts.get(row)
    if (known !== undefined) return known
    const text = JSON.stringify(row)
    this.#texts.set(row, text)
    return text
  }
}

/** @throws {StoreRefused} for a text that no version up to this one wrote whole; says what to do */
export function parseStoreFile(text: string, path: string): Tables {
  const refuse = (what: string): StoreRefused =>
    new StoreRefused(`${path} ${what}. It was left as it is. Nothing was started.`)

  if (text.trim() === '') throw refuse('is empty: restore it from a backup')
  const content = parseJson(text)
  if (content === undefined) throw refuse('is damaged (not whole JSON): restore it from a backup')
  const head = headShape.safeParse(content)
  if (!head.success) throw refuse('is not a Barbell store')
  if (head.data.version > storeVersion) {
    throw refuse(
      `was written by a newer server (version ${head.data.version}, this server reads ${storeVersion}): start the newer one`,
    )
  }
  const file = (head.data.version === 1 ? fileShapeV1 : fileShape).safeParse(content)
  if (!file.success) throw refuse(`is damaged (${whereOf(file.error)}): restore it from a backup`)

  const tables = emptyTables()
  fill(tables.accounts, file.data.accounts)
  fill(tables.keys, file.data.keys)
  fill(tables.sessions, file.data.sessions)
  fill(tables.signingKeys, file.data.signingKeys)
  const twice = findRepeated(file.data)
  if (twice !== null) throw refuse(`is damaged (${twice} twice): restore it from a backup`)
  return tables
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
