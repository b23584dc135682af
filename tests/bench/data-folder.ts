import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyRecord, makeKeySecret } from '#auth/api-key.ts'
import { auditEvent, serverItself } from '#auth/audit.ts'
import { randomId } from '#auth/random.ts'
import { makeSecretsText, parseSecrets, type Secrets } from '#auth/secrets.ts'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { openSecretsFile } from '#store/secrets-file.ts'
import type { AccountRecord, Store } from '#store/store.ts'

/** A data folder of a server. Disposing of it removes it. */
export interface DataFolder extends Disposable {
  directory: string
  /** One for each account in it: `{USERNAME}:{KEY}`. */
  apiKeys: readonly string[]
}

const clock = { nowMs: () => Date.now() }
const random = { bytes: (count: number) => randomBytes(count) }

/** Makes a data folder with so many accounts, each with one API key and a password that nobody knows. */
export async function makeDataFolder(accounts = 0): Promise<DataFolder> {
  const directory = mkdtempSync(join(tmpdir(), 'barbell-bench-'))
  const remove = (): void => rmSync(directory, { recursive: true, force: true })
  try {
    const apiKeys = accounts === 0 ? [] : await fill(directory, accounts)
    return { directory, apiKeys, [Symbol.dispose]: remove }
  } catch (error) {
    remove()
    throw error
  }
}

async function fill(directory: string, accounts: number): Promise<string[]> {
  await using opened = new AsyncDisposableStack()
  const store = await openLowdbStore({ directory, clock })
  opened.defer(() => store.close())
  const make = (): string => makeSecretsText(random)
  const secrets = parseSecrets(await openSecretsFile({ directory, make }))
  // At once, so that they share a few flushes instead of waiting for one each.
  return await Promise.all(
    Array.from({ length: accounts }, (_, index) => insert(store, secrets, `bench-${index}`)),
  )
}

async function insert(store: Store, secrets: Secrets, username: string): Promise<string> {
  const account = accountNamed(username, secrets)
  const secret = makeKeySecret(random)
  const made = { account, secret, label: 'Bench', expiresAtMs: null }
  const key = keyRecord({ clock, random, secrets }, made)
  // A key's first use is written down before it is answered, which is not what a call usually costs.
  const firstKey = { ...key, lastUsedAtMs: key.createdAtMs }
  const event = auditEvent({ clock, random }, serverItself, {
    action: 'account_registered',
    accountId: account.id,
  })
  await store.insertAccount({ account, firstKey }, event)
  return `${username}:${secret}`
}

function accountNamed(username: string, secrets: Secrets): AccountRecord {
  return {
    id: randomId(random),
    username,
    canonicalName: username,
    kind: 'own',
    passwordHash: `${secrets.currentId}:$2b$10$${randomBytes(40).toString('hex').slice(0, 53)}`,
    passwordVersion: 1,
    seedDigest: null,
    createdAtMs: clock.nowMs(),
    expiresAtMs: null,
    disabledAtMs: null,
  }
}
