import { afterAll, beforeAll, expect, test } from 'vitest'
import { putSignInBack, readSignIn } from '#playground/kept-sign-in.ts'
import { send } from '#playground/send.ts'
import { type SessionCalls, sessionCalls } from '#playground/session.ts'
import { browserWire } from '../../support/browser-wire.ts'
import { sandboxed } from '../../support/readers.ts'
import { startServer, type TestServer } from '../../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

/** A browser that is signed in as nobody. */
function openBrowser(): SessionCalls {
  const wire = browserWire(server.url)
  return sessionCalls(server.url, (request) => send(request, { wire }))
}

async function ownerOf(calls: SessionCalls): Promise<string | null | undefined> {
  const owner = await calls.whoAmI()
  if (!owner.ok) return undefined
  return owner.value.kind === 'signed in' ? owner.value.session.username : null
}

test('whoever was signed out is signed out again', async () => {
  const [calls, account] = [openBrowser(), await sandboxed(server.url)]
  expect(await readSignIn(calls, account)).toEqual({ kind: 'nobody' })
  await calls.signIn(account.username, account.password)
  await putSignInBack(calls, 'nobody', account)
  expect(await ownerOf(calls)).toBeNull()
})

test('whoever was signed in with this account is signed in again', async () => {
  const [calls, account] = [openBrowser(), await sandboxed(server.url)]
  await calls.signIn(account.username, account.password)
  expect(await readSignIn(calls, account)).toEqual({ kind: 'this-account' })
  await calls.signOut()
  await putSignInBack(calls, 'this-account', account)
  expect(await ownerOf(calls)).toBe(account.username)
})

test('another account is named, since its sign-in could not be put back', async () => {
  const [calls, account, other] = [
    openBrowser(),
    await sandboxed(server.url),
    await sandboxed(server.url),
  ]
  await calls.signIn(other.username, other.password)
  expect(await readSignIn(calls, account)).toEqual({
    kind: 'another-account',
    owner: other.username,
  })
})

test('without an answer nothing is taken for granted', async () => {
  const wire = browserWire('http://localhost:1')
  const calls = sessionCalls('http://localhost:1', (request) => send(request, { wire }))
  const account = await sandboxed(server.url)
  expect(await readSignIn(calls, account)).toMatchObject({
    kind: 'unknown',
    problem: expect.stringMatching(/^No answer/) as unknown,
  })
})
