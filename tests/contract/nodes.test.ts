import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, postJson } from '../support/call.ts'
import { type Nodes, type ServerNode, startNodes, testCaller } from '../support/nodes.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { type Reader, registered, signedInCookie, signIn } from '../support/readers.ts'

const visibleWithinMs = 5000
const newPassword = 'a loud and open ocean'

let postgres: TestPostgres
let nodes: Nodes

beforeAll(async () => {
  postgres = await startPostgres()
  nodes = await startNodes(3, {
    databaseUrl: await postgres.createDatabase(),
    limits: 'login_account=10/900',
  })
}, 60_000)

afterAll(async () => {
  await nodes.stop()
  await postgres.close()
})

function node(number: 1 | 2 | 3): ServerNode {
  const found = nodes.all[number - 1]
  if (found === undefined) throw new Error(`there is no node ${number}`)
  return found
}

/** Somebody who is signed in, with the ids that the domain wants. */
interface Person extends Reader {
  accountId: string
  cookie: string
  sessionId: string
}

async function person(): Promise<Person> {
  const reader = await registered(node(1).url)
  const cookie = await signedInCookie(node(1).url, reader)
  const { account, session } = await node(1).ask('checkToken', cookie.replace(/^\w+=/, ''))
  return { ...reader, cookie, accountId: account.id, sessionId: session.id }
}

function issueKey(owner: Person, label: string): Promise<{ apiKey: string; key: { id: string } }> {
  return node(1).ask('issueApiKey', owner.accountId, { label }, testCaller)
}

async function meStatus(at: ServerNode, credential: { apiKey: string } | { cookie: string }) {
  const answer =
    'apiKey' in credential
      ? await call(`${at.url}/api/v1/me`, { headers: { 'x-api-auth': credential.apiKey } })
      : await call(`${at.url}/auth/v1/users/me`, { headers: { cookie: credential.cookie } })
  return answer.status
}

/** How long the nodes 2 and 3 go on to take a credential, in ms. */
async function takenFor(credential: { apiKey: string } | { cookie: string }): Promise<number> {
  const since = performance.now()
  for (;;) {
    const statuses = await Promise.all([2, 3].map((n) => meStatus(node(n as 2 | 3), credential)))
    if (statuses.every((status) => status === 401)) return performance.now() - since
    if (performance.now() - since > 2 * visibleWithinMs) return Infinity
    await sleep(50)
  }
}

test('F10: three nodes that start at once on an empty database agree on one signing key', async () => {
  const sets = await Promise.all(
    nodes.all.map(async ({ url }) => (await call(`${url}/.well-known/jwks.json`)).text),
  )
  expect(new Set(sets).size).toBe(1)
  expect(JSON.parse(sets[0] ?? '')).toMatchObject({ keys: [{ kty: 'OKP' }] })
})

describe('what is made on one node is there on the others at once', () => {
  test('F10: an account, a session and a key', async () => {
    const owner = await person()
    expect((await signIn(node(2).url, owner)).status).toBe(200)
    expect(await meStatus(node(3), owner)).toBe(200)
    const { apiKey } = await issueKey(owner, 'new')
    expect(await meStatus(node(2), { apiKey })).toBe(200)
    expect(await meStatus(node(3), { apiKey })).toBe(200)
  })

  test('T8: a token of a signing key that another node has just made', async () => {
    const owner = await person()
    await node(1).ask('rotateSigningKey', testCaller)
    const fresh = await signedInCookie(node(1).url, owner)
    expect(await meStatus(node(2), { cookie: fresh })).toBe(200)
    expect(await meStatus(node(3), { cookie: fresh })).toBe(200)
    expect(await meStatus(node(3), owner)).toBe(200) // of the key before
  })
})

describe('what ends on one node ends on all of them within 5 s', () => {
  test('K11: a key, while every node answers 50 requests a second with it', async () => {
    const owner = await person()
    const { apiKey, key } = await issueKey(owner, 'leaked')
    const taken: { node: ServerNode; askedAt: number; status: number }[] = []
    let running = true
    const load = nodes.all.map(async (at) => {
      while (running) {
        const askedAt = performance.now()
        taken.push({ node: at, askedAt, status: await meStatus(at, { apiKey }) })
        await sleep(15)
      }
    })
    await sleep(1000)
    await node(1).ask('revokeApiKey', owner.accountId, key.id, testCaller)
    const revokedAt = performance.now()
    await sleep(visibleWithinMs + 1000)
    running = false
    await Promise.all(load)

    const before = taken.filter(({ askedAt }) => askedAt < revokedAt - 100)
    expect(before.length).toBeGreaterThan(60)
    expect(before.every(({ status }) => status === 200)).toBe(true)
    const after = taken.filter(({ askedAt }) => askedAt > revokedAt)
    expect(after.length).toBeGreaterThan(100)
    expect(after.filter(({ node: at, status }) => at === node(1) && status !== 401)).toEqual([])
    const late = after.filter(({ askedAt }) => askedAt > revokedAt + visibleWithinMs)
    expect(late.filter(({ status }) => status !== 401)).toEqual([])
  })

  test.each<
    [string, (owner: Person, keyId: string) => Promise<unknown>, also: 'key' | 'session only']
  >([
    [
      'U14: a session',
      ({ accountId, sessionId }) => node(1).ask('endSession', accountId, sessionId, testCaller),
      'session only',
    ],
    [
      'U11: sessions and keys, when the password is changed',
      async (owner) => {
        const other = await signedInCookie(node(1).url, owner)
        const { session } = await node(1).ask('checkToken', other.replace(/^\w+=/, ''))
        const change = {
          currentPassword: owner.password,
          newPassword,
          sessionId: session.id,
          revokeKeys: true,
        }
        await node(1).ask('changePassword', owner.accountId, change, testCaller)
        expect((await signIn(node(2).url, owner)).status).toBe(400)
        expect((await signIn(node(3).url, { ...owner, password: newPassword })).status).toBe(200)
      },
      'key',
    ],
    [
      'U13: everything of an account, when it is deleted',
      ({ accountId, password }) => node(1).ask('deleteAccount', accountId, password, testCaller),
      'key',
    ],
    [
      'T8: sessions, when the signing keys are dropped',
      () => node(1).ask('dropSigningKeys', testCaller),
      'session only',
    ],
  ])('%s', async (_, end, also) => {
    const owner = await person()
    const { apiKey, key } = await issueKey(owner, 'used everywhere')
    for (const at of nodes.all) {
      expect(await meStatus(at, owner)).toBe(200)
      expect(await meStatus(at, { apiKey })).toBe(200)
    }
    await end(owner, key.id)
    expect(await meStatus(node(1), owner)).toBe(401)
    const gone = also === 'key' ? [owner, { apiKey }] : [owner]
    for (const ms of await Promise.all(gone.map(takenFor))) {
      expect(ms).toBeLessThan(visibleWithinMs)
    }
  })
})

describe('the database is the authority over what several nodes do at once', () => {
  test('U9: of 50 registrations of one name one is an account', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        postJson(`${node(((index % 3) + 1) as 1 | 2 | 3).url}/auth/v1/register`, {
          username: index % 2 === 0 ? 'Wanted-by-all' : 'wanted-by-ALL',
          password: 'a quiet frozen lake',
        }),
      ),
    )
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 409)])
  })

  test('K14: of 20 replacements of one key one makes a successor', async () => {
    const owner = await person()
    const { key } = await issueKey(owner, 'replaced')
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        node(((index % 3) + 1) as 1 | 2 | 3).ask(
          'replaceApiKey',
          owner.accountId,
          key.id,
          { overlapSeconds: 60 },
          testCaller,
        ),
      ),
    )
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(19)
    for (const { reason } of refused) expect(String(reason)).toBe('Error: key_not_found')
    const keys = await node(2).ask('listApiKeys', owner.accountId)
    expect(keys.filter(({ label }) => label === 'replaced')).toHaveLength(2)
  })

  test('R10: attempts to sign in are counted over all nodes, and over a restart', async () => {
    const owner = await registered(node(1).url)
    const wrong = { ...owner, password: 'not the right one' }
    const statuses: number[] = []
    for (let attempt = 0; attempt < 12; attempt += 1) {
      if (attempt === 6) await node(2).restart()
      statuses.push((await signIn(node(((attempt % 3) + 1) as 1 | 2 | 3).url, wrong)).status)
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 400), 429, 429])
    expect((await signIn(node(3).url, owner)).status).toBe(429) // R8: the right password too
  })

  test('R3: of 60 attempts at once no more are compared than the limit says', async () => {
    const owner = await registered(node(1).url)
    const wrong = { ...owner, password: 'not the right one' }
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        signIn(node(((index % 3) + 1) as 1 | 2 | 3).url, wrong),
      ),
    )
    const statuses = Map.groupBy(answers, ({ status }) => status)
    expect([...statuses.keys()].sort()).toEqual([400, 429])
    expect(statuses.get(400)).toHaveLength(10)
  })
})
