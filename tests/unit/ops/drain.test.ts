import { EventEmitter, once } from 'node:events'
import {
  Agent,
  createServer,
  get,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { drainOnSignals } from '#ops/drain.ts'
import { freePort } from '../../support/free-port.ts'

/** Lets signals end a server that has nothing to close. */
function drained(
  server: Server,
  { limitMs = 5000 } = {},
): { signals: EventEmitter; exited: Promise<number> } {
  const signals = new EventEmitter()
  const exited = Promise.withResolvers<number>()
  drainOnSignals(
    signals,
    { server, startDraining: () => undefined, close: () => Promise.resolve() },
    { limitMs, exit: exited.resolve },
  )
  return { signals, exited: exited.promise }
}

async function listening(answer: RequestListener): Promise<{ server: Server; port: number }> {
  const port = await freePort()
  const server = createServer(answer)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { server, port }
}

async function slowServer(limitMs: number) {
  const waiting: ServerResponse[] = []
  const { server, port } = await listening((_, response) => void waiting.push(response))
  const signals = new EventEmitter()
  const events: unknown[] = []
  const exited = Promise.withResolvers<undefined>()
  drainOnSignals(
    signals,
    {
      server,
      startDraining: () => void events.push('draining'),
      close() {
        events.push('closed')
        return Promise.resolve()
      },
    },
    {
      limitMs,
      exit(code) {
        events.push(code)
        exited.resolve(undefined)
      },
    },
  )
  const answer = fetch(`http://127.0.0.1:${port}/`).then(
    (response) => response.text(),
    () => 'cut',
  )
  while (waiting.length === 0) await sleep(5)
  return { signals, events, answer, waiting, exited: exited.promise }
}

test('F11: a request in hand is answered, then all is closed, then the process ends with 0', async () => {
  const { signals, events, answer, waiting, exited } = await slowServer(5000)
  signals.emit('SIGTERM')
  expect(events).toEqual(['draining'])
  waiting[0]?.end('whole')
  expect(await answer).toBe('whole')
  await exited
  expect(events).toEqual(['draining', 'closed', 0])
})

test('F11: a request that takes too long is cut, and the rest goes on in good order', async () => {
  const { signals, events, answer, exited } = await slowServer(50)
  signals.emit('SIGINT')
  await exited
  expect(await answer).toBe('cut')
  expect(events).toEqual(['draining', 'closed', 0])
})

test('F11: hundreds of requests in hand are all answered, and their connections end', async () => {
  let begun = 0
  const { server, port } = await listening((request, response) => {
    begun += 1
    setTimeout(() => response.end(request.url), Number(request.url?.slice(1)))
  })
  const agent = new Agent({ keepAlive: true })
  const ask = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const sent = get({ port, path, agent, host: '127.0.0.1' }, (answer) => {
        text(answer).then(resolve, reject)
      })
      sent.on('error', reject)
    })
  await ask('/0') // leaves a connection open
  const paths = Array.from({ length: 300 }, (_, at) => `/${500 + at}`)
  const answers = Promise.all(paths.map(ask))
  while (begun < 1 + paths.length) await sleep(5)
  const { signals, exited } = drained(server)
  signals.emit('SIGTERM')
  expect(await answers).toEqual(paths)
  // Without being told, the client would keep its connections, and the server would wait for them.
  expect(await exited).toBe(0)
  await expect(ask('/0')).rejects.toThrow()
})

test('F11: whoever has been connected before the signal is answered, in line or not', async () => {
  const { server, port } = await listening((request, response) => response.end(request.url))
  // The kernel connects them all before this process can take in the first one.
  const line = Array.from({ length: 100 }, (_, at) => {
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET /${at} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    return text(socket).catch((error: unknown) => String(error))
  })
  await Promise.resolve()
  const { signals, exited } = drained(server)
  process.nextTick(() => signals.emit('SIGTERM'))
  for (const [at, answer] of (await Promise.all(line)).entries()) {
    expect(answer).toContain('HTTP/1.1 200 OK')
    expect(answer).toContain('Connection: close')
    expect(answer).toMatch(new RegExp(`/${at}\\b`))
  }
  expect(await exited).toBe(0)
})

test('F11: whoever goes on coming does not keep the server from its end', async () => {
  const { server, port } = await listening((_, response) => response.end())
  const { signals, exited } = drained(server, { limitMs: 100 })
  let comes = true
  const comeAgain = (): void => {
    if (!comes) return
    connect(port, '127.0.0.1', comeAgain).on('error', () => undefined)
  }
  for (let at = 0; at < 4; at += 1) comeAgain()
  await once(server, 'connection')
  signals.emit('SIGTERM')
  expect(await exited).toBe(0)
  comes = false
})

test('F11: what cannot be made durable is told, and the process ends with 1', async () => {
  const signals = new EventEmitter()
  const exited = Promise.withResolvers<unknown[]>()
  const server = createServer()
  server.listen(await freePort(), '127.0.0.1')
  await once(server, 'listening')
  const lost = new Error('the disk is full')
  drainOnSignals(
    signals,
    { server, startDraining: () => undefined, close: () => Promise.reject(lost) },
    { limitMs: 5000, exit: (...given) => exited.resolve(given) },
  )
  signals.emit('SIGTERM')
  expect(await exited.promise).toEqual([1, lost])
})

test('F11: a second signal ends the process at once', async () => {
  const { signals, events, waiting } = await slowServer(5000)
  signals.emit('SIGTERM')
  signals.emit('SIGTERM')
  expect(events).toEqual(['draining', 1])
  waiting[0]?.end()
})
