import { globSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  formPages,
  hasSeveralHosts,
  isFormPage,
  maxFormBytes,
  pageRefusal,
  sendEarlyRefusal,
  takeForm,
} from '#static/page-door.ts'

/** A request as far as the door looks at it. */
function asked(method: string, headers: Record<string, string> = {}): IncomingMessage {
  return { method, headers: { host: 'docs.example', ...headers } } as unknown as IncomingMessage
}

test('the form pages are the pages that are made at each request', () => {
  const pages = globSync('src/pages/**/*.astro')
    .filter((file) => readFileSync(file, 'utf8').includes('prerender = false'))
    .map((file) => file.slice('src/pages'.length, -'.astro'.length))
  expect(new Set(pages)).toEqual(formPages)
})

test.each(['//login', '/%6cogin', '/login//', '/login.', '/Login', '/login;x', '/_image'])(
  'I6: %s is no form page',
  (path) => {
    expect(isFormPage(path)).toBe(false)
  },
)

describe('X6: methods', () => {
  test.each(['GET', 'HEAD', 'POST'])('a form page takes %s', (method) => {
    expect(pageRefusal(asked(method), '/login/')).toBeUndefined()
  })

  test.each(['PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])('and not %s', (method) => {
    expect(pageRefusal(asked(method), '/login')).toMatchObject({
      status: 405,
      headers: { Allow: 'GET, HEAD, POST' },
    })
  })

  test('no other page takes POST', () => {
    expect(pageRefusal(asked('POST'), '/docs/auth')).toMatchObject({
      status: 405,
      headers: { Allow: 'GET, HEAD' },
    })
  })
})

describe('I8: Host', () => {
  test.each(['docs.example', 'localhost:4321', '127.0.0.1:80', '[::1]:4321', 'a_b.internal'])(
    '%s is a host',
    (host) => {
      expect(pageRefusal(asked('GET', { host }), '/')).toBeUndefined()
    },
  )

  test.each(['', 'a/b', 'a?b', 'a#b', 'localhost:4321@evil.example', 'a b', 'a\\b', 'a:', '%61'])(
    '%j is none',
    (host) => {
      expect(pageRefusal(asked('GET', { host }), '/')?.status).toBe(400)
    },
  )
})

test.each([
  [['Host', 'a'], false],
  [['Host', 'a', 'X', 'host'], false],
  [['Host', 'a', 'hOST', 'b'], true],
  [['Host', 'a', 'Host', 'a'], true],
])('I3: of %j several are hosts: %s', (rawHeaders, expected) => {
  expect(hasSeveralHosts({ rawHeaders } as unknown as IncomingMessage)).toBe(expected)
})

test('I12: a packed form is a 415', () => {
  const request = asked('POST', { 'content-encoding': 'gzip' })
  expect(pageRefusal(request, '/login')?.status).toBe(415)
})

describe('I1: a form', () => {
  let server: Server

  beforeAll(async () => {
    server = createServer((request, response) => {
      void takeForm(request).then((refusal) => {
        if (refusal) sendEarlyRefusal(request, response, refusal)
        else response.end(`got ${String((request as { body?: Buffer }).body?.length)}`)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => server.close())

  function post(head: string, body: string): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(`POST /login HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n${body}`)
    return text(socket)
  }

  test('of the largest size arrives whole', async () => {
    const body = 'x'.repeat(maxFormBytes)
    const answer = await post(`Connection: close\r\nContent-Length: ${maxFormBytes}`, body)
    expect(answer).toContain(`got ${maxFormBytes}`)
  })

  test('that says it is larger is refused before it arrives', async () => {
    const answer = await post(`Content-Length: ${maxFormBytes + 1}`, '')
    expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*\nConnection: close/)
  })

  test('that is larger without saying so is refused, and the connection ends', async () => {
    const chunk = `1000\r\n${'x'.repeat(0x1000)}\r\n`
    const answer = await post('Transfer-Encoding: chunked', chunk.repeat(5))
    expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*\nConnection: close/)
  })
})
