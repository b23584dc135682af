import type { AuditAction, KeyRecord, PortableStore, StoreTables } from '#store/store.ts'
import { accountRecord, auditRecord, keyRecord, nowMs } from '../contract/records.ts'

// The life of an account: a fixed row of changes, each with its event. After n changes the store must hold exactly
// what n changes make, and exactly n events: so a change that is half there shows, whichever half it is.

const deedOf = {
  begin: 'account_registered',
  addKey: 'key_issued',
  revokeKey: 'key_revoked',
  close: 'account_disabled',
  open: 'account_enabled',
  delete: 'account_deleted',
} as const satisfies Record<string, AuditAction>

type Deed = keyof typeof deedOf

/** The changes in their order. */
export const deeds = Object.keys(deedOf) as readonly Deed[]

/** What is known of a life: how many changes were asked for, and how many were acknowledged. */
export interface KnownLife {
  asked: number
  acknowledged: number
}

/** Everything that a store holds, by account. */
export interface World {
  accounts: ReadonlyMap<string, StoreTables['accounts']>
  keys: ReadonlyMap<string, readonly StoreTables['keys'][]>
  events: ReadonlyMap<string, readonly StoreTables['audit'][]>
}

/** Makes one of the changes. @throws if the store refuses it */
export async function live(store: PortableStore, id: string, step: number): Promise<void> {
  const deed = deeds[step] ?? 'delete'
  const event = auditRecord({ id: eventId(id, step), accountId: id, action: deedOf[deed] })
  const result = await doDeed(store, { id, deed, event })
  if (result !== 'inserted' && result !== true) throw new Error(`${id}: ${deed} was refused`)
}

function doDeed(
  store: PortableStore,
  what: { id: string; deed: Deed; event: StoreTables['audit'] },
): Promise<unknown> {
  const { id, deed, event } = what
  const [first, second] = keysOf(id)
  switch (deed) {
    case 'begin':
      return store.insertAccount({ account: accountOf(id), firstKey: first }, event)
    case 'addKey':
      return store.insertKey(second, { maxActive: 5, nowMs }, event)
    case 'revokeKey':
      return store.revokeKey({ accountId: id, keyId: first.id, nowMs }, event)
    case 'close':
      return store.setAccountDisabled({ accountId: id, disabledAtMs: nowMs }, event)
    case 'open':
      return store.setAccountDisabled({ accountId: id, disabledAtMs: null }, event)
    case 'delete':
      return store.deleteAccount({ accountId: id, passwordVersion: 1 }, event)
  }
}

/** Everything that the store holds. */
export async function readWorld(store: PortableStore): Promise<World> {
  const accounts = await readAll(store, 'accounts')
  return {
    accounts: new Map(accounts.map((account) => [account.id, account])),
    keys: Map.groupBy(await readAll(store, 'keys'), ({ accountId }) => accountId),
    events: Map.groupBy(await readAll(store, 'audit'), ({ accountId }) => accountId ?? ''),
  }
}

async function readAll<Table extends keyof StoreTables>(
  store: PortableStore,
  table: Table,
): Promise<StoreTables[Table][]> {
  const all: StoreTables[Table][] = []
  const limit = 10_000
  for (let afterId: string | null = null; ; afterId = all.at(-1)?.id ?? null) {
    const page: StoreTables[Table][] = await store.readTable(table, { afterId, limit })
    all.push(...page)
    if (page.length < limit) return all
  }
}

/**
 * @returns how many changes of a life the store holds, by its events; or what is wrong, in words
 */
export function checkLife(world: World, id: string, known: KnownLife): number | string {
  const events = world.events.get(id) ?? []
  const lived = events.length
  const places = `asked for ${known.asked}, acknowledged ${known.acknowledged}, found ${lived}`
  if (lived < known.acknowledged) return `${id}: an acknowledged change is lost (${places})`
  if (lived > known.asked) return `${id}: a change came from nowhere (${places})`
  const expectedIds = deeds.slice(0, lived).map((_, step) => eventId(id, step))
  if (!isEqual(sortedIds(events), expectedIds.sort())) return `${id}: the events have a gap`
  const found = { account: world.accounts.get(id) ?? null, keys: world.keys.get(id) ?? [] }
  if (!isEqual(found, stateAfter(id, lived))) return `${id}: a change is half there (${places})`
  return lived
}

/** Accounts and events that nobody asked for. */
export function strangersIn(world: World, known: ReadonlyMap<string, unknown>): string[] {
  return [...world.accounts.keys(), ...world.keys.keys(), ...world.events.keys()]
    .filter((id) => !known.has(id))
    .map((id) => `${id}: nobody asked for it`)
}

function stateAfter(
  id: string,
  lived: number,
): { account: StoreTables['accounts'] | null; keys: StoreTables['keys'][] } {
  const [first, second] = keysOf(id)
  const has = (deed: Deed): boolean => lived > deeds.indexOf(deed)
  if (!has('begin') || has('delete')) return { account: null, keys: [] }
  const isClosed = has('close') && !has('open')
  const firstNow = has('revokeKey') ? { ...first, revokedAtMs: nowMs } : first
  return {
    account: { ...accountOf(id), disabledAtMs: isClosed ? nowMs : null },
    keys: has('addKey') ? [firstNow, second] : [firstNow],
  }
}

function accountOf(id: string): StoreTables['accounts'] {
  return accountRecord({ id, username: id, canonicalName: id })
}

function keysOf(id: string): [KeyRecord, KeyRecord] {
  const keyOf = (name: string): KeyRecord =>
    keyRecord({ id: `${id}/${name}`, accountId: id, digest: `p1:${id}/${name}` })
  return [keyOf('a'), keyOf('b')]
}

function eventId(id: string, step: number): string {
  return `${id}/${step}`
}

function sortedIds(records: readonly { id: string }[]): string[] {
  return records.map(({ id }) => id).sort()
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

/** Members in one order, so that two records with the same members have the same text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)])
}
