import { describe, expect, test } from 'vitest'
import { askEveryLane, type KnownCredentials, proofSentence } from '#playground/log-out-proof.ts'
import type { PlannedRequest } from '#playground/request.ts'
import type { Exchange } from '#runner/contract.ts'

const key = { username: 'mia', secret: 'aB3dE6gH9jK2mN5p' }
const noKey = { username: '', secret: '' }
const origin = 'https://docs.example'

/** Asks a server that answers with `status` to what `statusOf` does not say otherwise of. */
async function ask(
  known: KnownCredentials,
  statusOf: (request: PlannedRequest) => number = () => 401,
) {
  const sent: PlannedRequest[] = []
  const proofs = await askEveryLane(origin, known, (request): Promise<Exchange> => {
    sent.push(request)
    const status = statusOf(request)
    const body = status === 401 ? '{"code":"missing_token"}' : '{}'
    const response = { status, statusText: 'OK', headers: [], body, truncated: false }
    return Promise.resolve({ request, response, error: null, startedAtMs: 0, durationMs: 1 })
  })
  return { sent, proofs }
}

describe('after a log out the server is asked', () => {
  test('by the cookie alone where nothing else is known', async () => {
    const { sent, proofs } = await ask({ key: noKey, token: '' })
    expect(sent).toEqual([
      {
        method: 'GET',
        url: `${origin}/auth/v1/users/me`,
        headers: [],
        body: null,
        credentials: 'same-origin',
      },
    ])
    expect(proofs).toMatchObject([{ lane: 'token', isRefused: true, answer: '401 missing_token' }])
  })

  test('by every lane, each with its own credentials and no others', async () => {
    const { sent, proofs } = await ask({ key, token: 'eyJ.a.b' })
    expect(proofs.map(({ lane }) => lane)).toEqual(['api_key', 'token', 'bearer', 'key_and_token'])
    expect(sent.map(({ headers, credentials }) => [credentials, ...headers.flat()])).toEqual([
      ['omit', 'x-api-auth', 'mia:aB3dE6gH9jK2mN5p'],
      ['same-origin'],
      ['omit', 'authorization', 'Bearer eyJ.a.b'],
      ['same-origin', 'x-api-auth', 'mia:aB3dE6gH9jK2mN5p'],
    ])
  })

  test('and what is shown of it has no secret', async () => {
    const { proofs } = await ask({ key, token: 'eyJ.a.b' })
    const shown = JSON.stringify(proofs)
    expect(shown).not.toContain(key.secret)
    expect(shown).not.toContain('eyJ.a.b')
  })
})

describe('the proof', () => {
  test('holds where every lane was refused', async () => {
    expect(proofSentence((await ask({ key, token: '' })).proofs)).toMatch(/refused all 3 lanes/)
    expect(proofSentence((await ask({ key: noKey, token: '' })).proofs)).toMatch(/the one lane/)
  })

  test('does not hold where a token of another session still works', async () => {
    const isBearer = ({ headers }: PlannedRequest) => headers[0]?.[0] === 'authorization'
    const { proofs } = await ask({ key, token: 'eyJ.a.b' }, (request) =>
      isBearer(request) ? 200 : 401,
    )
    expect(proofSentence(proofs)).toBe('Not proved: 1 of 4 lanes were not refused.')
    expect(proofs.find(({ lane }) => lane === 'bearer')).toMatchObject({
      isRefused: false,
      answer: '200 OK',
    })
  })

  test('does not hold without an answer', async () => {
    const exchange: Exchange = {
      request: { method: 'GET', url: `${origin}/`, headers: [], body: null },
      response: null,
      error: 'This browser is offline.',
      startedAtMs: 0,
      durationMs: 1,
    }
    const proofs = await askEveryLane(origin, { key: noKey, token: '' }, () =>
      Promise.resolve(exchange),
    )
    expect(proofs).toMatchObject([{ isRefused: false, answer: 'This browser is offline.' }])
    expect(proofSentence(proofs)).toMatch(/^Not proved/)
  })
})
