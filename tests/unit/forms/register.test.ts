import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RegisterForm, answerRegister } from '#forms/register.ts'
import { registered } from '../../support/readers.ts'
import { type TestServer, startServer } from '../../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

/** Sends the form as its page does. @returns what the page shows then, with its status */
async function send(fields: Record<string, string>): Promise<RegisterForm & { status: number }> {
  const response: { status?: number; headers: Headers } = { headers: new Headers() }
  const request = new Request(`${server.url}/register`, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' },
    body: new URLSearchParams(fields),
  })
  const outcome = await answerRegister({
    request,
    response,
    url: new URL(request.url),
    locals: { barbell: server.barbell, peerAddress: '127.0.0.1', requestId: randomUUID() },
  })
  if (outcome instanceof Response) throw new Error('led on')
  return { ...outcome, status: response.status ?? 200 }
}

function ask(username: string): Promise<RegisterForm & { status: number }> {
  return send({ username, password: 'typed already', ask: 'name' })
}

test('asked for a name, the form says whether it is free, keeps the name, and makes no account', async () => {
  for (let round = 0; round < 2; round += 1) {
    const form = await ask('ada')
    expect(form).toEqual({
      username: 'ada',
      next: '/dashboard/settings',
      isFree: true,
      status: 200,
    })
  }
})

test('a taken name is told at its field, asked for or sent', async () => {
  const { username, password } = await registered(server.url)
  for (const form of [await ask(username.toUpperCase()), await send({ username, password })]) {
    expect(form.status).toBe(409)
    expect(form.isFree).toBeUndefined()
    expect([...(form.problem?.fields ?? [])]).toEqual([
      ['username', 'This username is taken. Choose another one.'],
    ])
  }
})

test('a name that nobody can have is told at its field, and nothing is said of the password', async () => {
  const { problem, status } = await ask('a:b')
  expect(status).toBe(422)
  expect([...(problem?.fields.keys() ?? [])]).toEqual(['username'])
})
