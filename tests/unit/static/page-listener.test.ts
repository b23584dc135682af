import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as openRequest, type ServerResponse } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { logWhenAnswered } from '#ops/log-when-answered.ts'
import type { AccessLine } from '#ops/log.ts'
import { type PageParts, pageListener } from '#static/page-listener.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

/** A site of a few files, whose pages on demand are made by `render`. */
async function startSite(render: PageParts['render']) {
  const folder = mkdtempSync(join(tmpdir(), 'barbell-pages-'))
  for (const [path, body] of Object.entries({
    'index.html': 'the first page',
    '404.html': 'the page that is not there',
    '500.html': 'the page that says sorry for https://barbell.example',
    'docs/index.html': 'a page that will be gone',
    'app.js': 'a script',
    'large.wasm': 'x'.repeat(600_000),
  })) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), body)
  }
  const lines: AccessLine[] = []
  const failures: unknown[] = []
  const listener = pageListener({
    folder,
    origin: 'http://localhost:1',
    headers: [['X-Everywhere', 'yes']],
    render,
    open: (request, response, requestId) =>
      logWhenAnswered({ request, response }, requestId, (line) => void lines.push(line)),
    onFailure: (error, where) => void failures.push([error, where]),
  })
  const server = createServer((request, response) => {
    listener(request, response, (request.url ?? '').split('?', 1)[0] ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })
  const { port } = server.address() as AddressInfo
  async function ask(path: string, options: { method?: string; headers?: object } = {}) {
    const { method = 'GET', headers = {} } = options
    const sent = openRequest({ port, path, method, headers: { ...headers }, agent: false }).end()
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).once('error', reject)
    })
    const body = await text(response)
    return { status: response.statusCode, headers: response.headers, body }
  }
  return { folder, lines, failures, ask }
}

function noPage(): Promise<void> {
  return Promise.reject(new Error('no page was to be rendered'))
}

async function sendResponse(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.end(await answer.text())
}

test('every request has one line: its route as a pattern, never its path', async () => {
  const { ask, lines } = await startSite((_, response) => {
    response.end('a form')
    return Promise.resolve()
  })
  const answers = [
    await ask('/?canary=1'),
    await ask('/app.js'),
    await ask('/canary'),
    await ask('/login/?next=canary'),
    await ask('/', { method: 'DELETE' }),
    await ask('/', { headers: { host: 'no host' } }),
  ]
  expect(lines.map(({ method, route, status }) => [method, route, status])).toEqual([
    ['GET', '(page or file)', 200],
    ['GET', '(page or file)', 200],
    ['GET', '(none)', 404],
    ['GET', '/login', 200],
    ['DELETE', '(refused)', 405],
    ['GET', '(refused)', 400],
  ])
  expect(lines.map(({ requestId }) => requestId)).toEqual(
    answers.map(({ headers }) => headers['x-request-id']),
  )
  expect(JSON.stringify(lines)).not.toContain('canary')
  for (const { headers } of answers) expect(headers['x-everywhere']).toBe('yes')
})

test('a page that is not there is 404, and nobody keeps that', async () => {
  const { ask } = await startSite(noPage)
  const { status, headers, body } = await ask('/nothing')
  expect(status).toBe(404)
  expect(body).toBe('the page that is not there')
  expect(headers['cache-control']).toBe('no-store')
  expect(headers).not.toHaveProperty('etag')
})

test('L2: a page that throws is a page with 500, and one failure with the request’s id', async () => {
  const mistake = new TypeError('canary')
  const { ask, failures, lines } = await startSite(async (_, response, { failed }) => {
    await sendResponse(response, await failed(mistake))
  })
  const { status, headers, body } = await ask('/dashboard/settings')
  expect(status).toBe(500)
  expect(body).toBe('the page that says sorry for http://localhost:1')
  expect(headers['cache-control']).toBe('no-store')
  expect(headers['content-security-policy']).toContain("default-src 'none'")
  const requestId = headers['x-request-id']
  expect(failures).toEqual([[mistake, { requestId, route: '/dashboard/settings' }]])
  expect(lines).toMatchObject([{ requestId, route: '/dashboard/settings', status: 500 }])
})

test('F9: a page for which the store is away is 503, with the time to wait', async () => {
  const away = Object.assign(new Error('away'), { code: 'store_unavailable' })
  const { ask } = await startSite(async (_, response, { failed }) => {
    await sendResponse(response, await failed(away))
  })
  const { status, headers } = await ask('/dashboard/settings')
  expect(status).toBe(503)
  expect(headers['retry-after']).toBe('5')
})

test('a built page that cannot be read any more is 500, and the site goes on', async () => {
  const { ask, failures, folder } = await startSite(noPage)
  rmSync(join(folder, 'docs'), { recursive: true })
  const { status, body } = await ask('/docs')
  expect(status).toBe(500)
  expect(body).toContain('sorry')
  expect(failures).toMatchObject([[{ code: 'ENOENT' }, { route: '(page or file)' }]])
  mkdirSync(join(folder, 'docs'))
  writeFileSync(join(folder, 'docs/index.html'), 'back again')
  expect((await ask('/docs')).body).toBe('back again')
})

test('a file that breaks off in the middle ends its connection, and the site goes on', async () => {
  const { ask, failures, folder } = await startSite(noPage)
  rmSync(join(folder, 'large.wasm'))
  mkdirSync(join(folder, 'large.wasm')) // it can be opened, and not read
  await expect(ask('/large.wasm')).rejects.toThrow(/hang up|aborted|ECONNRESET/)
  expect(failures).toMatchObject([[{ code: 'EISDIR' }, { route: '(page or file)' }]])
  expect((await ask('/app.js')).body).toBe('a script')
})

test('a reader who leaves before the answer has a line too', async () => {
  const begun = Promise.withResolvers<IncomingMessage>()
  const { ask, lines } = await startSite((request) => {
    begun.resolve(request)
    return Promise.resolve()
  })
  const left = ask('/login').catch(() => 'cut')
  ;(await begun.promise).socket.destroy()
  expect(await left).toBe('cut')
  await expect.poll(() => lines).toMatchObject([{ route: '/login', status: 499 }])
})
