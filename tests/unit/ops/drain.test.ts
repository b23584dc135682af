import { EventEmitter, once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { drainOnSignals } from '#ops/drain.ts'
import { freePort } from '../../support/free-port.ts'

async function slowServer(limitMs: number) {
  const port = await freePort()
  const waiting: ServerResponse[] = []
  const server = createServer((_, response) => void waiting.push(response))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
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

test('F11: a second signal ends the process at once', async () => {
  const { signals, events, waiting } = await slowServer(5000)
  signals.emit('SIGTERM')
  signals.emit('SIGTERM')
  expect(events).toEqual(['draining', 1])
  waiting[0]?.end()
})
