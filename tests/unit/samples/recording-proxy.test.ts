import { once } from 'node:events'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type RecordingProxy, openRecordingProxy } from '../../samples/recording-proxy.ts'
import { call } from '../../support/call.ts'

let server: Server
let proxy: RecordingProxy
beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = () => {
      const headers = { 'set-cookie': ['a=1', 'b=2'], host: request.headers.host }
      response.writeHead(201, headers).end('{}')
    }
    if (request.url === '/broken') request.destroy()
    else if (request.url === '/until-next') server.once('request', answer)
    else answer()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const serverUrl = `http://localhost:${(server.address() as AddressInfo).port}`
  proxy = await openRecordingProxy(() => ({ serverUrl, publicUrl: 'http://public.example:81' }))
})
afterAll(async () => {
  await proxy.close()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => proxy.take())

test('a request passes as it is, under the public host, and its answer comes back whole', async () => {
  const answer = await call(`${proxy.url}/a/../b?x=1`)
  expect(answer).toMatchObject({ status: 201, text: '{}', cookies: ['a=1', 'b=2'] })
  expect(answer.headers.host).toBe('public.example:81')
  expect(await proxy.take()).toEqual([
    {
      method: 'GET',
      path: '/a/../b',
      query: [['x', '1']],
      credentials: [],
      contentType: '',
      body: '',
      status: 201,
      answer: '{}',
      overlaps: false,
    },
  ])
})

test('who is asking is kept by the names of headers, without their values', async () => {
  const headers = { authorization: 'Bearer t', 'x-api-auth': 'k', cookie: 'a=1; access_token=t' }
  await call(`${proxy.url}/`, { headers })
  await call(`${proxy.url}/`, { headers: { cookie: 'a=1; access_token=' } })
  const seen = await proxy.take()
  expect(seen.map(({ credentials }) => credentials)).toEqual([
    ['authorization', 'cookie', 'x-api-auth'],
    [],
  ])
})

test('a Python program of a page has its own cookies, whatever the browser sends', async () => {
  const browser = { 'barbell-jar': 'program', cookie: 'access_token=t' }
  await call(`${proxy.url}/`, { headers: browser })
  await call(`${proxy.url}/`, { headers: { ...browser, 'barbell-cookie': 'access_token=u' } })
  const seen = await proxy.take()
  expect(seen.map(({ credentials }) => credentials)).toEqual([[], ['cookie']])
})

test('what a page loads to run a sample is not among what the sample sends', async () => {
  for (const path of ['/runner/worker-x.js', '/_astro/a.js', '/docs/auth', '/api/v1/ping']) {
    await call(proxy.url + path)
  }
  expect((await proxy.take()).map(({ path }) => path)).toEqual(['/api/v1/ping'])
})

test('a body is kept as text, and what is taken once does not come again', async () => {
  await call(`${proxy.url}/`, { body: { a: 'ö' } })
  expect(await proxy.take()).toMatchObject([
    { method: 'POST', contentType: 'application/x-www-form-urlencoded', body: 'a=%C3%B6' },
  ])
  expect(await proxy.take()).toEqual([])
})

test('what comes while another is under way is told from what comes after its answer', async () => {
  const held = call(`${proxy.url}/until-next`)
  await once(server, 'request')
  await Promise.all([held, call(`${proxy.url}/beside`)])
  await call(`${proxy.url}/after`)
  const seen = await proxy.take()
  expect(seen.map(({ path, overlaps }) => [path, overlaps])).toEqual([
    ['/until-next', false],
    ['/beside', true],
    ['/after', false],
  ])
})

test('a server that breaks off leaves no exchange, and the program hears of it', async () => {
  await expect(call(`${proxy.url}/broken`)).rejects.toThrow()
  expect(await proxy.take()).toEqual([])
})
