import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { staticFiles } from '#static/static-files.ts'
import { send } from '../../fuzz/wire.ts'

const secret = 'never to be seen'

let folder: string
let server: Server

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'barbell-static-'))
  const put = (path: string, text: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  put('client/index.html', 'a page')
  put('client/docs/index.html', 'a page')
  put('client/_astro/app.js', 'a script')
  put('client/.env', secret)
  put('client/.git/config', secret)
  put('client/docs/.hidden/x.js', secret)
  put('barbell.json', secret)
  put('server/entry.mjs', secret)
  const files = staticFiles(join(folder, 'client'), 'https://docs.example')
  server = createServer((request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?', 1)
    files(request, response, path, () => response.writeHead(404).end('none'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

const path = fc
  .array(
    fc.constantFrom(
      '/',
      '//',
      '/..',
      '/.',
      '/%2e%2e',
      '/.%2e',
      '/..%2f',
      '/%2e%2e%5c',
      '\\',
      '..\\',
      '%2f',
      '%252e%252e',
      '%c0%ae',
      '%00',
      '.env',
      '%2eenv',
      '/.git/config',
      '/docs',
      '/.hidden/x.js',
      '/_astro',
      '/app.js',
      'barbell.json',
      'server/entry.mjs',
      'index.html',
      '%',
      '?',
      '#',
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => `/${parts.join('')}`)

test('I7: no path leads to a hidden file or out of the folder', async () => {
  const { port } = server.address() as AddressInfo
  await fc.assert(
    fc.asyncProperty(path, async (target) => {
      const answer = await send(port, {
        method: 'GET',
        target,
        headers: [
          ['Host', 'docs.example'],
          ['Connection', 'close'],
        ],
        body: Buffer.alloc(0),
      })
      expect(answer?.status).toBeOneOf([200, 404])
      expect(answer?.text).toBeOneOf(['a page', 'a script', 'none'])
    }),
    { numRuns: 1_000 },
  )
})
