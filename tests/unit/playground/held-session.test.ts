import { describe, expect, test } from 'vitest'
import {
  type HeldSession,
  isSameStanding,
  readSession,
  type Standing,
  standingAfter,
  timeLeft,
} from '#playground/held-session.ts'
import { startServer } from '../../support/server.ts'
import { usersMe } from './users-me-example.ts'

const nowMs = Date.UTC(2026, 2, 1, 12, 1)

describe('the session that a server reads in a token', () => {
  test('has the account, the times and the claims in a fixed order', () => {
    const { claims, ...session } = readSession(usersMe, nowMs)
    expect(session).toEqual({
      username: 'mia',
      kind: 'own',
      issuedAtMs: Date.UTC(2026, 2, 1, 12),
      expiresAtMs: Date.UTC(2026, 2, 1, 12, 30),
      endsAtMs: nowMs + 1742 * 1000,
    })
    expect(claims.map(({ name }) => name).join()).toBe('iss,aud,sub,sid,jti,kid,iat,exp')
    expect(claims.find(({ name }) => name === 'exp')?.value).toBe('1772368200')
    expect(claims.every(({ meaning }) => meaning !== '')).toBe(true)
  })

  test('ends by the seconds that were left, however wrong the clock here is', () => {
    const dayLater = nowMs + 24 * 60 * 60 * 1000
    expect(readSession(usersMe, dayLater).endsAtMs).toBe(dayLater + 1742 * 1000)
  })

  test('leaves out the claims that it does not find', () => {
    const { claims } = readSession({ ...usersMe, token: { ...usersMe.token, sid: null } }, nowMs)
    expect(claims.map(({ name }) => name)).not.toContain('sid')
  })

  test.each([
    [null],
    ['<html>'],
    [{}],
    [{ username: 'mia' }],
    [{ ...usersMe, token: { ...usersMe.token, expires_in: '1742' } }],
    [{ ...usersMe, token: { ...usersMe.token, expires_at: 'soon' } }],
  ])('is not made of %j', (body) => {
    expect(() => readSession(body, nowMs)).toThrow(TypeError)
  })

  test('is read from what the real server answers', async () => {
    const server = await startServer()
    const opened = await fetch(`${server.url}/auth/v1/sandbox`, { method: 'POST' })
    const { username, password } = (await opened.json()) as Record<string, string>
    const body = new URLSearchParams({ username: username ?? '', password: password ?? '' })
    const signedIn = await fetch(`${server.url}/auth/v1/token`, { method: 'POST', body })
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const answer = await fetch(`${server.url}/auth/v1/users/me`, { headers: { cookie } })
    const session = readSession(await answer.json(), nowMs)
    await server.stop()
    expect(session).toMatchObject({ username, kind: 'sandbox' })
    expect(session.claims).toHaveLength(8)
    expect(session.expiresAtMs - session.issuedAtMs).toBe(30 * 60 * 1000)
  })
})

describe('how a page stands', () => {
  const session: HeldSession = readSession(usersMe, nowMs)
  const signedIn: Standing = { kind: 'signed in', session }
  const refused = { kind: 'signed out', code: 'missing_token' } as const

  test('is what the server says', () => {
    expect(standingAfter(null, signedIn, nowMs)).toEqual(signedIn)
    expect(standingAfter(null, refused, nowMs)).toEqual(refused)
    expect(standingAfter(refused, refused, nowMs)).toEqual(refused)
  })

  test('is ended when a token is refused after its time, and stays so', () => {
    const ended = { kind: 'ended', code: 'missing_token', session } as const
    expect(standingAfter(signedIn, refused, session.endsAtMs)).toEqual(ended)
    expect(standingAfter(ended, refused, session.endsAtMs + 1)).toEqual(ended)
  })

  test('is ended in the last second too: the server counts finer', () => {
    expect(standingAfter(signedIn, refused, session.endsAtMs - 900).kind).toBe('ended')
  })

  test('is signed out when a token is refused before its time', () => {
    expect(standingAfter(signedIn, refused, session.endsAtMs - 60_000)).toEqual(refused)
  })

  test('is signed in again with the next token', () => {
    const ended: Standing = { kind: 'ended', code: 'missing_token', session }
    expect(standingAfter(ended, signedIn, nowMs)).toEqual(signedIn)
  })
})

test('two standings are the same where they are of the same token', () => {
  const session = readSession(usersMe, nowMs)
  const later = readSession({ ...usersMe, token: { ...usersMe.token, expires_in: 5 } }, nowMs)
  const other = readSession({ ...usersMe, token: { ...usersMe.token, jti: 'token-2' } }, nowMs)
  const code = 'missing_token'
  const one: Standing = { kind: 'signed in', session }
  expect(isSameStanding(one, { kind: 'signed in', session: later })).toBe(true)
  expect(isSameStanding(one, { kind: 'signed in', session: other })).toBe(false)
  expect(isSameStanding(one, { kind: 'ended', session, code })).toBe(false)
  expect(isSameStanding({ kind: 'signed out', code }, { kind: 'signed out', code })).toBe(true)
  expect(isSameStanding(undefined, { kind: 'signed out', code })).toBe(false)
})

test.each([
  [30 * 60 * 1000, '30:00'],
  [61_000, '1:01'],
  [59_001, '1:00'],
  [999, '0:01'],
  [0, '0:00'],
  [-5000, '0:00'],
])('%i ms are shown as %s', (leftMs, shown) => {
  expect(timeLeft(nowMs + leftMs, nowMs)).toBe(shown)
})
