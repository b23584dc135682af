import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, lstat, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { fileMode, nullIfMissing, syncDirectory, temporaryPath } from './durable-file.ts'
import { StoreRefused } from './store.ts'

// A backup is one gzip file: a line of JSON that names the files in it, the files one after the other, and a line
// with the SHA-256 of all that. `zcat` shows it to whoever has lost the server that made it.

/** The files that a backup may hold. Nothing in a backup chooses a path. */
export const backedUpNames = ['secrets.json', 'audit.jsonl', 'barbell.json'] as const

/** One of the files of the data folder. */
export type BackedUpName = (typeof backedUpNames)[number]

/** A file to put into a backup: its first `bytes` bytes. */
export interface BackupPart {
  name: BackedUpName
  bytes: number
  read(): AsyncIterable<Buffer>
}

/** Where a file of a backup goes as it is read. */
export interface BackupSink {
  write(piece: Buffer): Promise<void>
  end(): Promise<void>
}

const headShape = z.strictObject({
  format: z.literal('barbell-backup'),
  version: z.int(),
  madeAtMs: z.int().nonnegative(),
  files: z.array(z.strictObject({ name: z.enum(backedUpNames), bytes: z.int().nonnegative() })),
})
const tailShape = z.strictObject({ sha256: z.string() })

/** What a backup says of itself. */
export type BackupHead = z.infer<typeof headShape>

const backupVersion = 1
const maxLineBytes = 4096

/**
 * Writes a backup. When this resolves it is on the disk, whole; before that nothing stands under its name.
 * @throws {StoreRefused} if something stands there already, or nothing can be written there
 */
export async function writeBackupFile(
  path: string,
  content: { madeAtMs: number; parts: readonly BackupPart[] },
): Promise<void> {
  if (await isThere(path)) {
    throw new StoreRefused(`${path} exists already: choose another name. Nothing was written.`)
  }
  const temporary = temporaryPath(path)
  try {
    const file = await open(temporary, 'wx', fileMode)
    try {
      await file.chmod(fileMode)
      await pipeline(Readable.from(packed(content)), createGzip(), intoFile(file))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined) // the first error is the one to tell
    if (error instanceof CutShort) {
      const what = `${error.message}: make the backup once more. Nothing was written.`
      throw new StoreRefused(what, { cause: error })
    }
    throw error instanceof Error && 'syscall' in error ? unwritable(path, error) : error
  }
  await syncDirectory(dirname(path))
}

/**
 * Reads a backup from end to end. What the sinks got counts only once this resolves: the checksum comes last.
 * @throws {StoreRefused} if it is damaged, not a backup, made by a newer server, or a pipe
 */
export async function readBackupFile(
  path: string,
  sinkFor: (name: BackedUpName) => Promise<BackupSink> | BackupSink,
): Promise<BackupHead> {
  const refuse = (what: string): StoreRefused =>
    new StoreRefused(`${path} ${what}: use another backup. It was left as it is.`)
  await refusePipe(path)
  const source = createReadStream(path)
  const unpacked = new PieceReader(source.pipe(createGunzip()), source)
  try {
    const head = headShape.safeParse(parseJson(await unpacked.line()))
    if (!head.success) throw refuse('is not a backup of Barbell')
    if (head.data.version !== backupVersion) throw refuse('was made by another version')
    for (const { name, bytes } of head.data.files) {
      await unpacked.copy(bytes, await sinkFor(name))
    }
    const sum = unpacked.sha256()
    const tail = tailShape.safeParse(parseJson(await unpacked.line()))
    if (tail.data?.sha256 !== sum || !(await unpacked.isAtEnd())) throw refuse('is damaged')
    return head.data
  } catch (error) {
    if (isZlibError(error) || error instanceof CutShort) throw refuse('is damaged')
    if (error instanceof Error && 'syscall' in error) {
      throw new StoreRefused(`${path} cannot be read: ${error.message}.`, { cause: error })
    }
    throw error
  } finally {
    source.destroy()
  }
}

/**
 * A restore reads the whole backup before it changes anything, and then again: a pipe gives it once.
 * @throws {StoreRefused} if it is one
 */
async function refusePipe(path: string): Promise<void> {
  const found = await stat(path).catch(() => null) // what cannot be looked at cannot be read, and reading says why
  if (found === null || found.isFile() || found.isDirectory()) return
  throw pipeRefusal(path)
}

/** Tells whoever pipes a backup in what to do instead. */
export function pipeRefusal(path: string): StoreRefused {
  return new StoreRefused(
    `${path} is no file that can be read twice: put it into a file first ("umask 077; cat > FILE"), and restore that. Nothing was changed.`,
  )
}

async function* packed(content: {
  madeAtMs: number
  parts: readonly BackupPart[]
}): AsyncGenerator<Buffer> {
  const { madeAtMs, parts } = content
  const files = parts.map(({ name, bytes }) => ({ name, bytes }))
  const head: BackupHead = { format: 'barbell-backup', version: backupVersion, madeAtMs, files }
  const hash = createHash('sha256')
  const counted = (piece: Buffer): Buffer => {
    hash.update(piece)
    return piece
  }
  yield counted(lineOf(head))
  for (const part of parts) {
    let bytes = 0
    for await (const piece of part.read()) {
      bytes += piece.length
      yield counted(piece)
    }
    if (bytes !== part.bytes) throw new CutShort(`${part.name} changed while it was backed up`)
  }
  yield lineOf({ sha256: hash.digest('hex') } satisfies z.infer<typeof tailShape>)
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await lstat(path).catch(nullIfMissing)) !== null
  } catch (error) {
    throw error instanceof Error ? unwritable(path, error) : error
  }
}

function unwritable(path: string, error: Error): StoreRefused {
  return new StoreRefused(`${path} cannot be written: ${error.message}. Nothing was written.`, {
    cause: error,
  })
}

function intoFile(file: FileHandle) {
  return async (pieces: AsyncIterable<Buffer>): Promise<void> => {
    await file.writeFile(pieces)
  }
}

function lineOf(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`)
}

/** There is less than was announced. */
class CutShort extends Error {}

/** Lines and runs of bytes from a stream, hashed as they go by. */
class PieceReader {
  readonly #pieces: AsyncIterator<Buffer>
  readonly #hash = createHash('sha256')
  #rest = Buffer.alloc(0)

  /** @param source where `stream` has its bytes from: a stream does not pass on the errors of its source */
  constructor(
    stream: NodeJS.ReadableStream & { destroy(error: Error): unknown },
    source: Readable,
  ) {
    source.on('error', (error) => stream.destroy(error))
    this.#pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  }

  async line(): Promise<string> {
    let end = this.#rest.indexOf(0x0a)
    while (end < 0 && this.#rest.length <= maxLineBytes && (await this.#more())) {
      end = this.#rest.indexOf(0x0a)
    }
    return end < 0 ? '' : this.#take(end + 1).toString('utf8')
  }

  async copy(bytes: number, sink: BackupSink): Promise<void> {
    for (let left = bytes; left > 0;) {
      if (this.#rest.length === 0 && !(await this.#more())) throw new CutShort()
      const piece = this.#take(Math.min(left, this.#rest.length))
      left -= piece.length
      await sink.write(piece)
    }
    await sink.end()
  }

  /** Of everything that was taken until now. */
  sha256(): string {
    return this.#hash.copy().digest('hex')
  }

  async isAtEnd(): Promise<boolean> {
    return this.#rest.length === 0 && !(await this.#more())
  }

  async #more(): Promise<boolean> {
    const next = await this.#pieces.next()
    if (next.done === true) return false
    this.#rest = Buffer.concat([this.#rest, next.value])
    return true
  }

  #take(bytes: number): Buffer {
    const taken = this.#rest.subarray(0, bytes)
    this.#rest = this.#rest.subarray(bytes)
    this.#hash.update(taken)
    return taken
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))
}
