import { changeRows, type Parameter, type Queryable, queryRows } from './postgres-pool.ts'
import type { StoreTables } from './store.ts'

/** How a field is kept; with `?` it may be null. Numbers are whole: milliseconds and versions. */
type FieldKind = 'text' | 'text?' | 'number' | 'number?'

/** Every field of a record: the compiler asks for a new one here too. */
type Fields<R> = { readonly [Field in keyof R]: FieldKind }

const fields: { readonly [Table in keyof StoreTables]: Fields<StoreTables[Table]> } = {
  accounts: {
    id: 'text',
    username: 'text',
    canonicalName: 'text',
    kind: 'text',
    passwordHash: 'text',
    passwordVersion: 'number',
    seedDigest: 'text?',
    createdAtMs: 'number',
    expiresAtMs: 'number?',
    disabledAtMs: 'number?',
  },
  keys: {
    id: 'text',
    accountId: 'text',
    digest: 'text',
    label: 'text',
    hint: 'text',
    createdAtMs: 'number',
    expiresAtMs: 'number?',
    revokedAtMs: 'number?',
    lastUsedAtMs: 'number?',
    successorId: 'text?',
  },
  sessions: {
    id: 'text',
    accountId: 'text',
    createdAtMs: 'number',
    expiresAtMs: 'number',
    userAgent: 'text',
    address: 'text',
    confirmedAtMs: 'number',
  },
  signingKeys: {
    id: 'text',
    publicX: 'text',
    sealedPrivateKey: 'text',
    createdAtMs: 'number',
    endsAtMs: 'number?',
  },
  audit: {
    id: 'text',
    atMs: 'number',
    action: 'text',
    outcome: 'text',
    accountId: 'text?',
    subjectId: 'text?',
    because: 'text?',
    address: 'text',
    requestId: 'text',
    userAgent: 'text',
  },
}

/** Statements over one table, for records instead of rows. */
class RecordTable<R extends object> {
  readonly #fields: readonly (readonly [field: string, kind: FieldKind])[]
  readonly #select: string
  readonly #insert: string

  constructor(name: string, kinds: Fields<R>) {
    this.#fields = Object.entries<FieldKind>(kinds)
    const columns = this.#fields.map(([field]) => snakeCase(field)).join(', ')
    const selected = this.#fields.map(([field]) => `${snakeCase(field)} AS "${field}"`)
    const given = this.#fields.map(([field, kind]) => `"${field}" ${sqlType(kind)}`)
    const inserted = this.#fields.map(([field]) => `"${field}"`)
    this.#select = `SELECT ${selected.join(', ')} FROM barbell.${snakeCase(name)}`
    this.#insert =
      `INSERT INTO barbell.${snakeCase(name)} (${columns}) ` +
      `SELECT ${inserted.join(', ')} FROM jsonb_to_recordset($1) AS given (${given.join(', ')})`
  }

  /** @param rest the statement after FROM, such as `WHERE id = $1` */
  async all(on: Queryable, rest: string, parameters: readonly Parameter[] = []): Promise<R[]> {
    if (parameters.some(isUnstorable)) return []
    const rows = await queryRows<Record<string, unknown>>(on, `${this.#select} ${rest}`, parameters)
    return rows.map((row) => this.#recordOf(row))
  }

  /** The first record that there is, or null. */
  async one(on: Queryable, rest: string, parameters: readonly Parameter[]): Promise<R | null> {
    return (await this.all(on, rest, parameters))[0] ?? null
  }

  /** @returns how many were inserted; fewer than given only with an `onConflict` such as `DO NOTHING` */
  async insert(
    on: Queryable,
    records: readonly R[],
    { onConflict }: { onConflict?: string } = {},
  ): Promise<number> {
    if (records.length === 0) return 0
    const rest = onConflict === undefined ? '' : ` ON CONFLICT ${onConflict}`
    return await changeRows(on, this.#insert + rest, [JSON.stringify(records, wellFormed)])
  }

  #recordOf(row: Record<string, unknown>): R {
    const entries = this.#fields.map(([field, kind]) => [field, valueOf(row[field], kind)] as const)
    return Object.fromEntries(entries) as R // `Fields<R>` has every field, and `valueOf` its type
  }
}

/** The tables of the database. */
export const recordTables: {
  readonly [Table in keyof StoreTables]: RecordTable<StoreTables[Table]>
} = {
  accounts: new RecordTable('accounts', fields.accounts),
  keys: new RecordTable('keys', fields.keys),
  sessions: new RecordTable('sessions', fields.sessions),
  signingKeys: new RecordTable('signingKeys', fields.signingKeys),
  audit: new RecordTable('audit', fields.audit),
}

/** PostgreSQL keeps no U+0000: what has one in its name is nowhere. */
function isUnstorable(parameter: Parameter): boolean {
  return typeof parameter === 'string' && parameter.includes('\0')
}

/** What PostgreSQL cannot keep, U+0000 and half a surrogate pair, is replaced as in other broken text. */
function wellFormed(_field: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value
}

/** A bigint comes as text, lest it lose digits: ours are safe integers. */
function valueOf(value: unknown, kind: FieldKind): string | number | null {
  if (value === null && kind.endsWith('?')) return null
  if (kind.startsWith('text') && typeof value === 'string') return value
  const number = typeof value === 'string' ? Number(value) : value
  if (kind.startsWith('number') && Number.isSafeInteger(number)) return number as number
  throw new TypeError(`the database gave ${typeof value} where ${kind} is kept`)
}

function sqlType(kind: FieldKind): string {
  return kind.startsWith('text') ? 'text' : 'bigint'
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
