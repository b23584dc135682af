import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { call } from '../support/call.ts'
import { freePort } from '../support/free-port.ts'

const program = fileURLToPath(new URL('../support/worker-process.ts', import.meta.url))

interface Primary {
  url: string
  pid: number
  ended: Promise<[code: number | null, signal: string | null]>
}

/** Starts a primary with two workers, in a process group of its own as a terminal makes it. */
async function startPrimary({ answerAfterMs = 0 } = {}): Promise<Primary> {
  const port = await freePort()
  const child = spawn(process.execPath, [program, String(port), String(answerAfterMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const ended = once(child, 'exit') as Primary['ended']
  onTestFinished(() => endGroup(child))
  await once(child.stdout, 'data')
  const url = `http://127.0.0.1:${port}`
  await vi.waitFor(async () => expect((await pidsBehind(url)).size).toBe(2), { timeout: 10_000 })
  return { url, pid: child.pid ?? 0, ended }
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // all of them have ended
  }
}

/** The processes that answer. */
async function pidsBehind(url: string): Promise<Set<string>> {
  const answers = await Promise.all(Array.from({ length: 8 }, () => call(url)))
  return new Set(answers.map(({ text }) => text))
}

test('one port is answered by every worker, and a killed one is replaced', async () => {
  const { url } = await startPrimary()
  const [victim = ''] = await pidsBehind(url)
  process.kill(Number(victim), 'SIGKILL')
  await sleep(100) // a connection that is handed to a process in its last moments is lost with it
  await vi.waitFor(
    async () => {
      const pids = await pidsBehind(url)
      expect(pids.has(victim)).toBe(false)
      expect(pids.size).toBe(2)
    },
    { timeout: 10_000, interval: 100 },
  )
})

test.each<[string, (pid: number) => boolean]>([
  ['SIGTERM to the primary', (pid) => process.kill(pid, 'SIGTERM')],
  ['SIGINT to the whole group, as a terminal sends it', (pid) => process.kill(-pid, 'SIGINT')],
  ['SIGTERM to the whole group, as systemd sends it', (pid) => process.kill(-pid, 'SIGTERM')],
])('F11: %s: what is under way is answered, then all end with 0', async (_, signal) => {
  const { url, pid, ended } = await startPrimary({ answerAfterMs: 500 })
  const underWay = Array.from({ length: 20 }, () => call(url))
  await sleep(250)
  signal(pid)
  for (const { status } of await Promise.all(underWay)) expect(status).toBe(200)
  expect(await ended).toEqual([0, null])
  await expect(call(url)).rejects.toThrow('ECONNREFUSED')
})

test('F11: under load nobody who was connected goes without an answer', async () => {
  const { url, pid, ended } = await startPrimary()
  const failures: string[] = []
  let answered = 0
  const comeUntilRefused = async (): Promise<void> => {
    for (;;) {
      const failure = await call(url).then(
        () => null,
        (error: unknown) => String(Reflect.get(Object(error), 'code')),
      )
      if (failure === 'ECONNREFUSED') return
      if (failure === null) answered += 1
      else failures.push(failure)
    }
  }
  const clients = Array.from({ length: 32 }, comeUntilRefused)
  await vi.waitFor(() => expect(answered).toBeGreaterThan(200), { timeout: 10_000 })
  process.kill(pid, 'SIGTERM')
  await Promise.all(clients)
  expect(failures).toEqual([])
  expect(await ended).toEqual([0, null])
})

test('workers do not outlive a primary that was killed', async () => {
  const { url, pid, ended } = await startPrimary()
  const workers = [...(await pidsBehind(url))].map(Number)
  process.kill(pid, 'SIGKILL')
  await ended
  await vi.waitFor(
    () => {
      for (const worker of workers) expect(() => process.kill(worker, 0)).toThrow('ESRCH')
    },
    { timeout: 5000 },
  )
})
