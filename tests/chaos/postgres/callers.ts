import { randomBytes } from 'node:crypto'
import { type Answer, call, postJson } from '../../support/call.ts'
import { type ServerNode, testCaller } from '../../support/nodes.ts'
import { type Reader, registered, signIn } from '../../support/readers.ts'

/** One kind of call that is made over and over, with the answers that are right whether the database is there or not. */
export interface CallKind {
  name: string
  /** What it is answered with while all is well. A 503 with `Retry-After` is right as well, at any time. */
  expected: number
  send(at: ServerNode): Promise<Answer>
}

/** What the calls are made with, and what they left behind. */
export interface Callers {
  kinds: readonly CallKind[]
  /** Accounts whose registration was acknowledged. */
  acknowledged: readonly Reader[]
}

const password = 'a quiet frozen lake'

/** Prepares good and bad credentials on a database that is well. */
export async function prepareCallers(at: ServerNode): Promise<Callers> {
  const owner = await registered(at.url)
  const token = await signIn(at.url, owner)
  const cookie = token.cookies[0]?.split(';')[0] ?? ''
  const { account } = await at.ask('checkToken', cookie.replace(/^\w+=/, ''))
  const issue = (label: string) => at.ask('issueApiKey', account.id, { label }, testCaller)
  const good = await issue('good')
  const revoked = await issue('revoked')
  await at.ask('revokeApiKey', account.id, revoked.key.id, testCaller)

  const acknowledged: Reader[] = []
  const me = (apiKey: string) => (to: ServerNode) =>
    call(`${to.url}/api/v1/me`, { headers: { 'x-api-auth': apiKey } })
  const kinds: CallKind[] = [
    { name: 'a good key', expected: 200, send: me(good.apiKey) },
    { name: 'a revoked key', expected: 401, send: me(revoked.apiKey) },
    { name: 'a made-up key', expected: 401, send: me(`${owner.username}:0123456789abcdef`) },
    {
      name: 'a good token',
      expected: 200,
      send: (to) => call(`${to.url}/auth/v1/users/me`, { headers: { cookie } }),
    },
    { name: 'the right password', expected: 200, send: (to) => signIn(to.url, owner) },
    {
      name: 'a wrong password',
      expected: 400,
      send: (to) => signIn(to.url, { ...owner, password: 'not the right one' }),
    },
    {
      name: 'a new account',
      expected: 201,
      async send(to) {
        const reader = { username: `new-${randomBytes(8).toString('hex')}`, password }
        const answer = await postJson(`${to.url}/auth/v1/register`, reader)
        if (answer.status === 201) acknowledged.push(reader)
        return answer
      },
    },
  ]
  return { kinds, acknowledged }
}

/** The acknowledged accounts that cannot sign in. */
export async function lostAccounts(
  at: ServerNode,
  acknowledged: readonly Reader[],
): Promise<string[]> {
  const lost: string[] = []
  for (const reader of acknowledged) {
    const { status } = await signIn(at.url, reader)
    if (status !== 200) lost.push(`${reader.username}: ${status}`)
  }
  return lost
}
