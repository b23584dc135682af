import { describe, expect, test } from 'vitest'
import type { PlannedRequest } from '#playground/request.ts'
import { sessionCalls } from '#playground/session.ts'
import type { Exchange } from '#runner/contract.ts'
import { usersMe } from './users-me-example.ts'

type Answer = { status: number; body: string } | string

/** A sender that keeps what it was given and answers with one answer; a text is a failure of the network. */
function senderOf(answer: Answer) {
  const sent: PlannedRequest[] = []
  const sender = (request: PlannedRequest): Promise<Exchange> => {
    sent.push(request)
    const response =
      typeof answer === 'string'
        ? null
        : { ...answer, statusText: '', headers: [], truncated: false }
    const error = typeof answer === 'string' ? answer : null
    return Promise.resolve({ request, response, error, startedAtMs: 0, durationMs: 1 })
  }
  return { sent, calls: sessionCalls('https://docs.example', sender) }
}

describe('signing in', () => {
  test('is the password grant, as a form, with cookies', async () => {
    const { sent, calls } = senderOf({ status: 200, body: '{}' })
    await calls.signIn('mia', 'a&b ü')
    expect(sent).toEqual([
      {
        method: 'POST',
        url: 'https://docs.example/auth/v1/token',
        headers: [['content-type', 'application/x-www-form-urlencoded']],
        body: 'grant_type=password&username=mia&password=a%26b+%C3%BC',
        credentials: 'same-origin',
      },
    ])
  })

  test('shows its exchange without the password', async () => {
    const { calls } = senderOf({ status: 200, body: '{"access_token":"abc"}' })
    const { ok, exchange } = await calls.signIn('mia', 'correct horse')
    expect(ok).toBe(true)
    expect(exchange.request.body).toBe('grant_type=password&username=mia&password=********')
    expect(exchange.response?.body).toBe('{"access_token":"********"}')
  })

  test('takes the words of the refusal', async () => {
    const body = JSON.stringify({ error: 'invalid_grant', error_description: 'Wrong password.' })
    const outcome = await senderOf({ status: 400, body }).calls.signIn('mia', 'x')
    expect(outcome).toMatchObject({ ok: false, problem: 'Wrong password.' })
  })

  test('without a network says what the network said', async () => {
    const outcome = await senderOf('This browser is offline.').calls.signIn('mia', 'x')
    expect(outcome).toMatchObject({ ok: false, problem: 'This browser is offline.' })
  })
})

describe('asking whom the cookie speaks for', () => {
  test('gives the session that the server reads in the token', async () => {
    const { calls } = senderOf({ status: 200, body: JSON.stringify(usersMe) })
    expect(await calls.whoAmI()).toMatchObject({
      ok: true,
      value: { kind: 'signed in', session: { username: 'mia', endsAtMs: 1 + 1742 * 1000 } },
    })
  })

  test('gives nobody, and the code of the refusal, where the token is refused', async () => {
    const { calls } = senderOf({ status: 401, body: '{"code":"missing_token"}' })
    const value = { kind: 'signed out', code: 'missing_token' }
    expect(await calls.whoAmI()).toMatchObject({ ok: true, value })
  })

  test.each([
    [{ status: 503, body: '{"title":"The store is away"}' }, 'The store is away'],
    [{ status: 500, body: '<html>' }, 'The server answered 500.'],
    [{ status: 200, body: '<html>' }, 'The answer is not what this page expected.'],
  ])('leaves it open where the server fails: %j', async (answer, problem) => {
    expect(await senderOf(answer).calls.whoAmI()).toMatchObject({ ok: false, problem })
  })
})

test('signing out is a POST without a body, with the cookie', async () => {
  const { sent, calls } = senderOf({ status: 204, body: '' })
  expect((await calls.signOut()).ok).toBe(true)
  expect(sent).toMatchObject([{ method: 'POST', body: null, credentials: 'same-origin' }])
})
