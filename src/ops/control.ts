import { once } from 'node:events'
import { chmod, lstat, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { relative } from 'node:path'
import { z } from 'zod'

// The running server's ear for commands on its own machine: a Unix socket that only the server's user can open.
// One request per connection and one line of JSON each way: `{"command":"..."}` is answered by
// `{"ok":true,"result":{...}}` or `{"ok":false,"reason":"..."}`. No secret travels in either direction.

/** Where the socket stands in the data folder. */
export const controlSocketName = 'control.sock'

/** Everything that a running server can be told. */
export type ControlCommandName = z.infer<typeof requestShape>['command']

/** What a command does; the result is shown to whoever gave it. */
export type ControlCommand = () => Promise<Record<string, string>>

/** What the running server answered. */
export type ControlAnswer = z.infer<typeof answerShape>

/** The socket cannot be used. The message says why. */
export class ControlFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ControlFailed'
  }
}

const requestShape = z.strictObject({
  command: z.enum(['signing-key rotate', 'signing-key drop']),
})
const answerShape = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), result: z.record(z.string(), z.string()) }),
  z.strictObject({ ok: z.literal(false), reason: z.string() }),
])

const socketMode = 0o600
const maxPathBytes = 103 // of a Unix socket's address, by the strictest system
const maxLineBytes = 4096
const maxConnections = 8
const idleLimitMs = 10_000

type ControlCommands = Readonly<Record<ControlCommandName, ControlCommand>>

/**
 * Listens at `path`. What a killed server left there is taken away: the caller holds the store's lock, so that
 * no other server listens there.
 * @returns answers what is under way, then closes
 * @throws {ControlFailed} where no socket can be
 */
export async function openControl(
  path: string,
  commands: ControlCommands,
): Promise<() => Promise<void>> {
  const connections = new Set<Socket>()
  const running = new Set<Promise<void>>()
  const server = createServer((socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
    guard(socket)
    void readLine(socket).then((line) => {
      const command = line === null ? undefined : answer(socket, line, commands)
      if (command === undefined) return
      running.add(command)
      void command.finally(() => running.delete(command))
    })
  })
  server.maxConnections = maxConnections
  await listen(server, path)
  return async () => {
    server.close()
    await Promise.all(running)
    for (const socket of connections) socket.destroySoon()
  }
}

/**
 * Gives the running server a command.
 * @returns null where no server listens
 * @throws {ControlFailed} if it may not be asked, or does not answer
 */
export async function askControl(
  path: string,
  command: ControlCommandName,
): Promise<ControlAnswer | null> {
  const address = socketAddress(path)
  if (address === null) return null
  const socket = connect(address)
  try {
    await once(socket, 'connect')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ECONNREFUSED')) return null
    throw new ControlFailed(`${path} cannot be opened: ${messageOf(error)}`, { cause: error })
  }
  guard(socket)
  socket.write(`${JSON.stringify({ command })}\n`)
  const given = answerShape.safeParse(parseJson((await readLine(socket)) ?? ''))
  socket.destroy()
  if (!given.success) throw new ControlFailed('The server did not answer. Its log may say why.')
  return given.data
}

async function listen(server: Server, path: string): Promise<void> {
  const address = socketAddress(path)
  if (address === null) throw new ControlFailed(`${path} is too long for a socket`)
  await removeSocket(path)
  server.listen(address)
  try {
    await once(server, 'listening')
    await chmod(path, socketMode)
  } catch (error) {
    server.close()
    throw new ControlFailed(`${path} cannot be made: ${messageOf(error)}`, { cause: error })
  }
}

async function removeSocket(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  })
  if (found === null) return
  if (!found.isSocket()) throw new ControlFailed(`${path} is not a socket`)
  await rm(path)
}

/** The shorter way to say the path, or null if both are too long. */
function socketAddress(path: string): string | null {
  const fits = (address: string): boolean => Buffer.byteLength(address) <= maxPathBytes
  return [path, relative(process.cwd(), path)].find(fits) ?? null
}

/** Who hangs, or is gone, costs nothing. */
function guard(socket: Socket): void {
  socket.setTimeout(idleLimitMs, () => socket.destroy())
  socket.on('error', () => socket.destroy())
}

/** @returns null if the other side stopped before the end of a line, or said more than a line may hold */
async function readLine(socket: Socket): Promise<string | null> {
  let text = Buffer.alloc(0)
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      text = Buffer.concat([text, chunk as Buffer])
      const end = text.indexOf(0x0a)
      if (end > maxLineBytes || (end < 0 && text.length > maxLineBytes)) break
      if (end >= 0) return text.toString('utf8', 0, end)
    }
  } catch {
    // Cut off: as good as stopped.
  }
  socket.destroy()
  return null
}

async function answer(socket: Socket, line: string, commands: ControlCommands): Promise<void> {
  const given = await runCommand(line, commands)
  socket.end(`${JSON.stringify(given)}\n`)
}

async function runCommand(line: string, commands: ControlCommands): Promise<ControlAnswer> {
  const request = requestShape.safeParse(parseJson(line))
  if (!request.success) return { ok: false, reason: 'The server knows no such command.' }
  try {
    return { ok: true, result: await commands[request.data.command]() }
  } catch (error) {
    return { ok: false, reason: messageOf(error) }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
