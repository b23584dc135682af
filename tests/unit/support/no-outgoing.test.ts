import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { openCanary } from '../../support/canary.ts'

const guard = new URL('../../support/no-outgoing.ts', import.meta.url).href

/** Runs a program that may call nobody. @returns what it said, and whom it tried to call */
async function guarded(program: string): Promise<{ said: string; called: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'barbell-outgoing-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const calls = join(folder, 'calls')
  const args = ['--import', guard, '--input-type=module', '--eval', program]
  const env = { ...process.env, BARBELL_TEST_OUTGOING: calls, FOLDER: folder }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  return { said: stdout.trim(), called: await readFile(calls, 'utf8').catch(() => '') }
}

test.each([
  ['fetch', (url: string) => `await fetch('${url}')`],
  ['fetch by name', () => `await fetch('http://example.invalid/')`],
  ['http.get', (url: string) => `(await import('node:http')).get('${url}')`],
  ['https', () => `(await import('node:https')).get('https://192.0.2.1/')`],
  ['http2', (url: string) => `(await import('node:http2')).connect('${url}')`],
  [
    'a socket',
    (url: string) =>
      `import { connect } from 'node:net'; connect(${new URL(url).port}, '127.0.0.1')`,
  ],
  [
    'a new socket',
    (url: string) =>
      `const { Socket } = await import('node:net'); new Socket().connect({ port: ${new URL(url).port} })`,
  ],
  [
    'a web socket',
    (url: string) =>
      `new WebSocket('${url.replace('http', 'ws')}'); await new Promise((done) => setTimeout(done, 100))`,
  ],
  ['a name', () => `import { lookup } from 'node:dns/promises'; await lookup('example.invalid')`],
  [
    'a resolver',
    () =>
      `const { Resolver } = await import('node:dns'); new Resolver().resolve4('example.invalid', () => {})`,
  ],
  [
    'a datagram',
    () => `(await import('node:dgram')).createSocket('udp4').send('x', 9, '192.0.2.1')`,
  ],
  ['a program', () => `(await import('node:child_process')).spawn('true')`],
  [
    'a thread',
    (url: string) =>
      `const { Worker } = await import('node:worker_threads'); const thread = new Worker("fetch('${url}')", { eval: true }); thread.on('error', () => {}); await new Promise((done) => thread.on('exit', done))`,
  ],
])('%s reaches nobody, and is told', async (_, program) => {
  await using canary = await openCanary()
  const tried = `process.on('uncaughtException', () => process.exit()); ${program(canary.url)}`
  const { called } = await guarded(tried)
  expect(called).not.toBe('')
  expect(canary.connections()).toBe(0)
})

test('listening and sockets that are files go on', async () => {
  const { said, called } = await guarded(`
    import { once } from 'node:events'
    import { connect, createServer } from 'node:net'
    const path = process.env.FOLDER + '/socket'
    const byFile = createServer((socket) => socket.end('by file')).listen(path)
    const byPort = createServer().listen(0, '127.0.0.1')
    await Promise.all([once(byFile, 'listening'), once(byPort, 'listening')])
    for await (const text of connect(path)) process.stdout.write(text)
    byFile.close()
    byPort.close()`)
  expect([said, called]).toEqual(['by file', ''])
})
