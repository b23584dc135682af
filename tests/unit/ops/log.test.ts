import { expect, test } from 'vitest'
import { openLogs } from '#ops/log.ts'

function logged(write: (logs: ReturnType<typeof openLogs>) => void, level = 'info') {
  const lines: string[] = []
  write(openLogs({ level, destination: { write: (line) => void lines.push(line) } }))
  return lines
}

test('a line is one JSON object with time, level and message', () => {
  const [line = ''] = logged(({ log }) => log.info({ port: 4321 }, 'listening'))
  expect(JSON.parse(line)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    port: 4321,
    message: 'listening',
  })
})

test('L1: members that may hold a secret are left out, at the top and one level down', () => {
  const secrets = {
    password: 'canary',
    access_token: 'canary',
    apiKey: 'canary',
    'x-api-auth': 'canary',
    authorization: 'canary',
    cookie: 'canary',
    'set-cookie': 'canary',
    seed: 'canary',
    body: 'canary',
  }
  const lines = logged(({ log }) => log.error({ ...secrets, request: secrets }, 'failed'))
  expect(lines.join('')).not.toContain('canary')
})

test('L2: whatever a text holds, a line stays one line of JSON', () => {
  const text = 'a\r\nb\u2028c\u001b[31m"}{"level":"fatal'
  const lines = logged(({ log }) => log.warn({ text }, text))
  expect(lines).toHaveLength(1)
  expect(lines[0]?.trimEnd()).not.toMatch(/\p{Cc}/u)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', text })
})

test('requests are logged at info and not above it', () => {
  const line = {
    requestId: 'r',
    method: 'GET',
    route: '/api/v1/ping',
    status: 200,
    ms: 0.5,
    code: undefined,
  }
  expect(logged(({ access }) => access(line))).toHaveLength(1)
  expect(logged(({ access }) => access(line), 'warn')).toHaveLength(0)
})
