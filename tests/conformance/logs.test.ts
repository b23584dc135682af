import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { postJson, type Answer } from '../support/call.ts'
import { tokenOf } from '../support/readers.ts'
import { sendForm } from './browser.ts'
import { sendRaw } from './raw-socket.ts'
import { settingsPage } from './settings-page.ts'
import {
  ask,
  askWhoIs,
  askWithKey,
  cookieOf,
  freshName,
  freshReader,
  serverLog,
  testOwnServer,
  url,
} from './target.ts'

const { host } = new URL(url)

/** Something that can be found again wherever it ends up. */
function canary(): string {
  return `canary${randomBytes(10).toString('hex')}`
}

/** The forms in which a secret may hide. */
function disguises(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [secret, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('hex')]
}

testOwnServer('L1: no secret reaches the log, whatever came of its request', async () => {
  const reader = { username: freshName(), password: canary() }
  const [wrong, asName, inUrl, bearer, key] = [canary(), canary(), canary(), canary(), canary()]
  await freshReader(url, reader)
  const cookie = await cookieOf(reader)
  const apiKey = await settingsPage(cookie).getKey()
  const json = 'application/json'

  const answers: Answer[] = [
    await askWithKey(apiKey),
    await askWhoIs({ cookie }),
    await askWhoIs({ authorization: `Bearer ${tokenOf(cookie)}` }),
    await ask('/auth/v1/token', { body: { username: reader.username, password: wrong } }),
    await ask('/auth/v1/token', { body: { username: asName, password: wrong } }),
    await ask(`/auth/v1/token?username=a&password=${inUrl}`, { body: { ...reader } }),
    await ask(`/api/v1/me?api_key=${inUrl}`),
    await ask(`/nothing/${inUrl}?x=${inUrl}`),
    await ask(`/login?next=/${inUrl}`),
    await askWithKey(`${reader.username}:${key}`),
    await askWithKey(`${key}:${'x'.repeat(9_000)}`),
    await askWhoIs({ authorization: `Bearer ${bearer}` }),
    await askWhoIs({ cookie: `access_token=${bearer}; access_token=${bearer}` }),
    await postJson(`${url}/auth/v1/register`, { username: reader.username, password: wrong }),
    await postJson(`${url}/auth/v1/register`, { username: asName.repeat(9), password: wrong }),
    await ask('/auth/v1/register', {
      method: 'POST',
      headers: { 'content-type': json },
      body: `{"password":"${wrong}"`,
    }),
    await sendForm('/login', { username: reader.username, password: wrong }),
    await sendForm('/login', { username: asName, password: wrong }),
    await sendForm('/register', { username: reader.username, password: wrong }),
    await ask('/auth/v1/token', {
      method: 'POST',
      headers: { 'content-encoding': 'gzip', 'content-type': json },
      body: wrong,
    }),
    await ask('/auth/v1/logout', { method: 'POST', headers: { cookie } }),
  ]
  await sendRaw(`GET /${inUrl} HTTP/1.1\r\nHost: ${host}\r\nX-${key}: \0\r\n\r\n`)
  expect(new Set(answers.map(({ status }) => Math.floor(status / 100)))).toEqual(new Set([2, 4]))

  const log = await serverLog()
  expect(log).toContain(String(answers[0]?.headers['x-request-id']))
  const secrets = [reader.password, wrong, asName, inUrl, bearer, key, tokenOf(cookie)]
  for (const secret of [...secrets, apiKey.split(':')[1] ?? apiKey].flatMap(disguises)) {
    expect(log).not.toContain(secret)
  }
})

testOwnServer('L2: whatever a request holds, each line of the log is one JSON object', async () => {
  const breaks = ['\r\n', '\n{"level":"error"}\n', '\u001b[31m', '\u2028', '","level":"fatal', '\0']
  for (const text of breaks) {
    const name = `forged${text}line`
    await ask('/auth/v1/token', { body: { username: name, password: 'x' } })
    await postJson(`${url}/auth/v1/register`, { username: name, password: 'x' })
    await ask(`/api/v1/${encodeURIComponent(name)}`)
    await ask(`/api/v1/images/${encodeURIComponent(name)}`)
    await ask(`/login?next=${encodeURIComponent(name)}`)
    await sendForm(
      '/login',
      { username: name, password: 'x' },
      { headers: { 'user-agent': 'x\ty' } },
    )
    await sendRaw(
      `GET /api/v1/me HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: forged\u001b[31m"}{\r\n` +
        `X-Api-Auth: forged"}:{\r\nConnection: close\r\n\r\n`,
    )
  }
  const lines = (await serverLog()).split('\n').filter((line) => line !== '')
  expect(lines.length).toBeGreaterThan(breaks.length)
  for (const line of lines) {
    const entry = JSON.parse(line) as Record<string, unknown>
    expect(entry['level'], line).toBeOneOf(['info', 'warn'])
    expect(Date.parse(String(entry['time'])), line).not.toBeNaN()
    expect(line).not.toContain('forged')
  }
})
