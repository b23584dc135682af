import { expect, test } from 'vitest'
import type { Exchange } from '#runner/contract.ts'
import { limits } from '#runner/contract.ts'
import { readHeaders, sendForPython } from '#runner/python/transport.ts'
import { TransferBudget } from '#runner/transfer-budget.ts'

interface Sent {
  opened: unknown[]
  headers: [string, string][]
  body: unknown
  timeout: number
  responseType: string
}

/** Stands for the browser's synchronous XMLHttpRequest. */
function answering(answer: { body?: Uint8Array; headers?: string; url?: string; error?: Error }) {
  const sent: Sent = { opened: [], headers: [], body: null, timeout: 0, responseType: '' }
  const xhr = {
    status: 200,
    statusText: 'OK',
    response: (answer.body ?? new Uint8Array()).buffer,
    responseURL: answer.url ?? 'https://docs.example/api/v1/ping',
    open: (...values: unknown[]) => (sent.opened = values),
    setRequestHeader: (name: string, value: string) => sent.headers.push([name, value]),
    getAllResponseHeaders: () => answer.headers ?? 'content-type: text/plain\r\n',
    send(body: unknown) {
      Object.assign(sent, { body, timeout: this.timeout, responseType: this.responseType })
      if (answer.error) throw answer.error
    },
    timeout: 0,
    responseType: '',
  }
  const exchanges: Exchange[] = []
  const parts = {
    open: () => xhr as unknown as XMLHttpRequest,
    origin: 'https://docs.example',
    budget: new TransferBudget(),
    onExchange: (exchange: Exchange) => exchanges.push(exchange),
  }
  return { parts, sent, exchanges }
}

const ping = {
  method: 'GET',
  url: 'https://docs.example/api/v1/ping',
  headers: [['Accept', '*/*']] as [string, string][],
  body: null,
  timeoutMs: 0,
}

test('S16: every request says that it brings its own cookies, and they leave in a header of their own', () => {
  const { parts, sent, exchanges } = answering({})
  sendForPython(parts, { ...ping, headers: [['Cookie', 'access_token=t']] })
  expect(sent.headers).toEqual([
    ['Barbell-Jar', 'program'],
    ['Barbell-Cookie', 'access_token=t'],
  ])
  expect(exchanges[0]?.request.headers).toEqual([['Cookie', 'access_token=t']])
})

test('a request is synchronous, its body bytes, its timeout in milliseconds', () => {
  const { parts, sent } = answering({})
  const body = new Uint8Array([0, 255])
  sendForPython(parts, { ...ping, method: 'POST', body, timeoutMs: 300 })
  expect(sent).toMatchObject({
    opened: ['POST', ping.url, false],
    body,
    timeout: 300,
    responseType: 'arraybuffer',
  })
})

test('an answer has its cookies where a program looks for them, one header each', () => {
  const lines =
    'content-type: text/plain\r\nbarbell-set-cookie: access_token=a.b; HttpOnly; Path=/, theme=x; Expires=Wed, 21 Oct 2099 07:28:00 GMT\r\n'
  expect(readHeaders(lines)).toEqual([
    ['content-type', 'text/plain'],
    ['set-cookie', 'access_token=a.b; HttpOnly; Path=/'],
    ['set-cookie', 'theme=x; Expires=Wed, 21 Oct 2099 07:28:00 GMT'],
  ])
})

test('an answer is recorded', () => {
  const { parts, exchanges } = answering({ body: new TextEncoder().encode('grüße') })
  expect(sendForPython(parts, ping)).toMatchObject({ failure: '', status: 200, redirectedTo: '' })
  expect(exchanges).toMatchObject([{ response: { status: 200, body: 'grüße' }, error: null }])
})

test('a fragment is not a redirect, another URL is', () => {
  expect(sendForPython(answering({}).parts, { ...ping, url: `${ping.url}#a` }).redirectedTo).toBe(
    '',
  )
  const { parts } = answering({ url: 'https://docs.example/elsewhere' })
  expect(sendForPython(parts, ping).redirectedTo).toBe('https://docs.example/elsewhere')
})

test('a timeout is told apart from silence', () => {
  const timeout = answering({ error: new DOMException('late', 'TimeoutError') })
  expect(sendForPython(timeout.parts, ping).failure).toBe('timeout')
  const silence = answering({ error: new DOMException('failed', 'NetworkError') })
  expect(sendForPython(silence.parts, ping)).toMatchObject({
    failure: 'network',
    message: 'https://docs.example does not answer. Are you offline?',
  })
  expect(silence.exchanges).toMatchObject([{ response: null }])
})

test('S3: a refused call says what may be called', () => {
  const { parts } = answering({ error: new DOMException('failed', 'NetworkError') })
  const { message } = sendForPython(parts, {
    ...ping,
    url: 'https://docs.example/dashboard/settings',
  })
  expect(message).toContain('may call /api/, /internal/, /auth/v1/ of https://docs.example')
})

test('S9: the 51st request is not sent, and too much is not given to the program', () => {
  const { parts, exchanges } = answering({})
  for (let sent = 0; sent < limits.requests; sent += 1) sendForPython(parts, ping)
  const { failure, message } = sendForPython(parts, ping)
  expect(failure).toBe('limit')
  expect(message).toContain('50 requests')
  expect(exchanges).toHaveLength(limits.requests)
  const big = answering({ body: new Uint8Array(limits.transferBytes + 1) })
  expect(sendForPython(big.parts, ping)).toMatchObject({ failure: 'limit', status: 0 })
})
