import { once } from 'node:events'
import { mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { askControl, controlCommand, ControlFailed, openControl } from '#ops/control.ts'

async function temporaryPath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-control-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return join(directory, 'control.sock')
}

type Rotate = (given: { name: string }) => Promise<unknown>

const done: Rotate = ({ name }) => Promise.resolve({ keyId: 'k1', name })

async function openAt(path: string, rotate: Rotate = done): Promise<() => Promise<void>> {
  const close = await openControl(path, {
    rotate: controlCommand(z.strictObject({ name: z.string() }), rotate),
    drop: controlCommand(z.strictObject({}), () => Promise.resolve({ keyId: 'k2' })),
  })
  onTestFinished(close)
  return close
}

const rotate = { command: 'rotate', given: { name: 'ada' } }
const drop = { command: 'drop', given: {} }

async function connected(path: string): Promise<Socket> {
  const socket = connect(path)
  await once(socket, 'connect')
  onTestFinished(() => void socket.destroy())
  return socket
}

/** What comes back for raw bytes. */
async function send(path: string, bytes: string): Promise<string> {
  const socket = await connected(path)
  socket.on('error', () => undefined) // cut off while it was still sending
  socket.write(bytes)
  return await text(socket).catch(() => '')
}

test('a command is answered with its result, or with why it failed', async () => {
  const path = await temporaryPath()
  let fails = false
  await openAt(path, (given) => (fails ? Promise.reject(new Error('disk full')) : done(given)))

  expect(await askControl(path, rotate)).toEqual({
    ok: true,
    result: { keyId: 'k1', name: 'ada' },
  })
  fails = true
  expect(await askControl(path, rotate)).toEqual({ ok: false, reason: 'disk full' })
})

test('F6: the socket is for the server’s user only, whatever the umask', async () => {
  const umask = process.umask(0)
  onTestFinished(() => void process.umask(umask))
  const path = await temporaryPath()
  await openAt(path)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test.each([
  ['no JSON', 'rotate\n'],
  ['another command', '{"command":"delete everything","given":{}}\n'],
  ['the name of a member that every object has', '{"command":"constructor","given":{}}\n'],
  ['a member too many', '{"command":"drop","given":{},"force":true}\n'],
  ['an argument too many', '{"command":"drop","given":{"force":true}}\n'],
  ['an argument of another type', '{"command":"rotate","given":{"name":1}}\n'],
  ['no arguments at all', '{"command":"rotate"}\n'],
])('%s does nothing', async (_, line) => {
  const path = await temporaryPath()
  await openAt(path, () => Promise.reject(new Error('it was done')))
  expect(JSON.parse(await send(path, line))).toEqual({
    ok: false,
    reason: expect.stringMatching(/^The running server knows no such command/) as string,
  })
})

test('I1: a line of more than 16 KiB is cut off unread, with and without an end', async () => {
  const path = await temporaryPath()
  await openAt(path)
  expect(await send(path, 'x'.repeat(100_000))).toBe('')
  expect(await send(path, `${' '.repeat(16_385)}\n`)).toBe('')
  expect(await askControl(path, drop)).toMatchObject({ ok: true })
})

test('who goes away in the middle of a command harms nobody', async () => {
  const path = await temporaryPath()
  const slow = Promise.withResolvers<Record<string, string>>()
  await openAt(path, () => slow.promise)
  const socket = await connected(path)
  socket.write(`${JSON.stringify(rotate)}\n`)
  socket.destroy()
  slow.resolve({ keyId: 'k1' })
  expect(await askControl(path, drop)).toMatchObject({ ok: true })
})

test('F11: closing answers what is under way, cuts off who says nothing, and removes the socket', async () => {
  const path = await temporaryPath()
  const slow = Promise.withResolvers<Record<string, string>>()
  const started = Promise.withResolvers<unknown>()
  const close = await openAt(path, () => {
    started.resolve(undefined)
    return slow.promise
  })
  const idle = text(await connected(path))
  const asked = askControl(path, rotate)
  await started.promise
  const closed = close()
  slow.resolve({ keyId: 'k1' })

  expect(await asked).toMatchObject({ ok: true })
  await closed
  expect(await idle).toBe('')
  expect(await readdir(join(path, '..'))).toEqual([])
})

test('nobody answers where there is no socket, and where a killed server left one', async () => {
  const path = await temporaryPath()
  expect(await askControl(path, drop)).toBeNull()
  expect(await askControl(`/${'x'.repeat(200)}`, drop)).toBeNull()

  const killed = createServer().listen(`${path}.other`)
  await once(killed, 'listening')
  await rename(`${path}.other`, path) // so that closing leaves it behind
  killed.close()
  expect(await askControl(path, drop)).toBeNull()
  await openAt(path)
  expect(await askControl(path, drop)).toMatchObject({ ok: true })
})

test('a file that is no socket stays where it is', async () => {
  const path = await temporaryPath()
  await writeFile(path, 'mine')
  await expect(openAt(path)).rejects.toThrow(ControlFailed)
  expect((await stat(path)).isFile()).toBe(true)
})

test('a path that is too long for a socket is told', async () => {
  await expect(openAt(`/${'x'.repeat(200)}`)).rejects.toThrow(/too long for a socket/)
})

test('a server that ends without an answer is told', async () => {
  const path = await temporaryPath()
  const mute = createServer((socket) => socket.end())
  await once(mute.listen(path), 'listening')
  onTestFinished(() => void mute.close())
  await expect(askControl(path, drop)).rejects.toThrow(/did not answer/)
})

test('an answer is waited for as long as is said, and a page of a thousand accounts arrives whole', async () => {
  const path = await temporaryPath()
  const page = Array.from({ length: 1000 }, (_, at) => ({ at, name: 'x'.repeat(500) }))
  await openAt(path, async ({ name }) => {
    if (name === 'slow') await new Promise((resolve) => setTimeout(resolve, 300))
    return { page }
  })
  const slow = { command: 'rotate', given: { name: 'slow' } }
  await expect(askControl(path, { ...slow, patienceMs: 50 })).rejects.toThrow(/did not answer/)
  expect(await askControl(path, slow)).toEqual({ ok: true, result: { page } })
})
