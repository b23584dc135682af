import { once } from 'node:events'
import { chmod, lstat, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { relative } from 'node:path'
import { z } from 'zod'

// The running server's ear for commands on its own machine: a Unix socket that only the server's user can open.
// One request per connection and one line of JSON each way: `{"command":"...","given":{...}}` is answered by
// `{"ok":true,"result":{...}}` or `{"ok":false,"reason":"..."}`. A password that the operator sets, or that was
// made for him, passes through it: the socket has mode 0600 in a folder of mode 0700, so that whoever could read
// it there could read the server's memory as well.

/** Where the socket stands in the data folder. */
export const controlSocketName = 'control.sock'

/** A command that the running server takes. */
export interface ControlCommand {
  /** @returns what does it, or null if `given` has not the shape that it takes */
  prepare(given: unknown): (() => Promise<unknown>) | null
}

/** Everything that a running server can be told, by name. */
export type ControlCommands = Readonly<Record<string, ControlCommand>>

/** What the running server answered. */
export type ControlAnswer = z.infer<typeof answerShape>

/** The socket cannot be used. The message says why. */
export class ControlFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ControlFailed'
  }
}

/**
 * A command that is done only with what has its shape.
 * @param run its result goes back to whoever gave the command, as JSON
 */
export function controlCommand<Given>(
  shape: z.ZodType<Given>,
  run: (given: Given) => Promise<unknown>,
): ControlCommand {
  return {
    prepare(given) {
      const read = shape.safeParse(given)
      return read.success ? () => run(read.data) : null
    },
  }
}

const requestShape = z.strictObject({ command: z.string(), given: z.unknown() })
const answerShape = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), result: z.unknown() }),
  z.strictObject({ ok: z.literal(false), reason: z.string() }),
])

const socketMode = 0o600
const maxPathBytes = 103 // of a Unix socket's address, by the strictest system
const maxRequestBytes = 16 * 1024 // a password of 1,024 characters in JSON has 6 KiB at most
const maxAnswerBytes = 4 * 1024 * 1024 // a page of 1,000 accounts has some 200 KiB
const maxConnections = 8
const idleLimitMs = 10_000

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
    guard(socket, idleLimitMs)
    void readLine(socket, maxRequestBytes).then((line) => {
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
 * @param asked.patienceMs how long the answer may take, 10 s where it is not said
 * @returns null where no server listens
 * @throws {ControlFailed} if it may not be asked, or does not answer
 */
export async function askControl(
  path: string,
  asked: { command: string; given: object; patienceMs?: number },
): Promise<ControlAnswer | null> {
  const { command, given, patienceMs = idleLimitMs } = asked
  const socket = await connected(path)
  if (socket === null) return null
  guard(socket, patienceMs)
  socket.write(`${JSON.stringify({ command, given })}\n`)
  const line = await readLine(socket, maxAnswerBytes)
  socket.destroy()
  const answer = answerShape.safeParse(parseJson(line ?? ''))
  if (!answer.success) {
    throw new ControlFailed(
      'The server did not answer: whether the command was done is not known. Its log may say.',
    )
  }
  return answer.data
}

/**
 * Whether a running server takes commands at `path`.
 * @throws {ControlFailed} if it may not be asked
 */
export async function isControlOpen(path: string): Promise<boolean> {
  const socket = await connected(path)
  socket?.destroy()
  return socket !== null
}

/** @returns null where no server listens */
async function connected(path: string): Promise<Socket | null> {
  const address = socketAddress(path)
  if (address === null) return null
  const socket = connect(address)
  try {
    await once(socket, 'connect')
    return socket
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ECONNREFUSED')) return null
    throw new ControlFailed(`${path} cannot be opened: ${messageOf(error)}`, { cause: error })
  }
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
function guard(socket: Socket, patienceMs: number): void {
  socket.setTimeout(patienceMs)
  socket.on('timeout', () => socket.destroy())
  socket.on('error', () => socket.destroy())
}

/** @returns null if the other side stopped before the end of a line, or said more than a line may hold */
async function readLine(socket: Socket, maxLineBytes: number): Promise<string | null> {
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
  socket.setTimeout(0) // a command takes the time that it takes
  const given = await runCommand(line, commands)
  socket.setTimeout(idleLimitMs)
  socket.end(`${JSON.stringify(given)}\n`)
}

async function runCommand(line: string, commands: ControlCommands): Promise<ControlAnswer> {
  const run = preparedBy(line, commands)
  if (run === null) {
    return {
      ok: false,
      reason: 'The running server knows no such command: it may be another version. Restart it.',
    }
  }
  try {
    return { ok: true, result: await run() }
  } catch (error) {
    return { ok: false, reason: messageOf(error) }
  }
}

function preparedBy(line: string, commands: ControlCommands): (() => Promise<unknown>) | null {
  const request = requestShape.safeParse(parseJson(line))
  if (!request.success) return null
  const { command, given } = request.data
  return Object.hasOwn(commands, command) ? (commands[command]?.prepare(given) ?? null) : null
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
