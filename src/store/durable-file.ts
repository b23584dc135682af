import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StoreRefused } from './store.ts'

/** Files are for their owner only, whatever the umask. */
export const fileMode = 0o600

const temporaryMark = '.writing-'
const blockLength = 64 * 1024

/**
 * Replaces a file so that after a crash or a power cut either the old or the new text is there, whole.
 * When this resolves, the new text is on the disk.
 *
 * Not `write-file-atomic` 8.0.0: it takes a short write for a whole one. On a full 64 KB disk it
 * replaced the old file by the first 61,440 of 100,000 bytes and reported success.
 */
export async function replaceFile(path: string, text: string | Iterable<string>): Promise<void> {
  const temporary = temporaryPath(path)
  try {
    await writeNewFile(temporary, text)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined) // the first error is the one to tell
    throw error
  }
  await syncDirectory(dirname(path))
}

/** A name beside `path` for what is not whole yet; `removeLeftovers` knows it. */
export function temporaryPath(path: string): string {
  return `${path}${temporaryMark}${randomUUID()}`
}

/** Writes and syncs a file that must not exist yet. Its name is durable only after `syncDirectory`. */
export async function writeNewFile(path: string, text: string | Iterable<string>): Promise<void> {
  const file = await open(path, 'wx', fileMode)
  try {
    await file.chmod(fileMode)
    await file.writeFile(typeof text === 'string' ? text : blocksOf(text))
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Each is a write, and a turn of the event loop, which takes long under load: a write for each line took seconds. */
function* blocksOf(pieces: Iterable<string>): Generator<string> {
  let block: string[] = []
  let length = 0
  for (const piece of pieces) {
    block.push(piece)
    length += piece.length
    if (length < blockLength) continue
    yield block.join('')
    block = []
    length = 0
  }
  if (block.length > 0) yield block.join('')
}

/** Makes created, renamed and removed names of a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/**
 * Removes what a killed process left half-written of the files that are named so. Only for the one who holds the
 * lock.
 */
export async function removeLeftovers(
  directory: string,
  isTheirs: (name: string) => boolean,
): Promise<void> {
  for (const name of await readdir(directory)) {
    const [whole, mark] = name.split(temporaryMark)
    if (mark !== undefined && isTheirs(whole ?? ''))
      await rm(join(directory, name), { force: true })
  }
}

/**
 * The text of a file of ours, or null if there is none. Takes away what others may do with it.
 * @throws {StoreRefused} if something else than a plain file stands there
 */
export async function readOwnFile(path: string): Promise<string | null> {
  if (!(await isOwnFile(path))) return null
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    await file.chmod(fileMode)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/**
 * Whether there is such a file.
 * @throws {StoreRefused} if something else than a plain file stands there
 */
export async function isOwnFile(path: string): Promise<boolean> {
  const stat = await lstat(path).catch(nullIfMissing)
  if (stat === null) return false
  if (stat.isFile()) return true
  throw new StoreRefused(`${path} is not a plain file. Nothing was started.`)
}

/** A file of lines that only grows; a crash can cost at most a line that nobody was promised. */
export class AppendFile {
  readonly #file: FileHandle
  #size: number
  /** Bytes after `#size` may be in the file: a cut failed. */
  #uncut = false

  private constructor(file: FileHandle, size: number) {
    this.#file = file
    this.#size = size
  }

  /** Opens or creates it, and cuts off a last line that a crash left unfinished. */
  static async open(path: string): Promise<AppendFile> {
    const file = await open(path, (await isOwnFile(path)) ? 'r+' : 'wx+', fileMode)
    await file.chmod(fileMode)
    const opened = new AppendFile(file, (await file.stat()).size)
    await opened.#cutUnfinishedLine()
    await syncDirectory(dirname(path))
    return opened
  }

  get size(): number {
    return this.#size
  }

  /** Durable when it resolves; when it rejects, the file is as before. */
  async append(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
    const before = this.#size
    if (this.#uncut) await this.cutTo(before)
    try {
      await writeFully(this.#file, bytes, before)
      await this.#file.datasync()
      this.#size = before + bytes.length
    } catch (error) {
      await this.cutTo(before).catch(() => undefined) // tried again before the next append
      throw error
    }
  }

  /** Forgets what was appended after the file had this size. */
  async cutTo(size: number): Promise<void> {
    this.#size = size
    this.#uncut = true
    await this.#file.truncate(size)
    this.#uncut = false
  }

  /** The last `limit` lines, last first. */
  async lastLines(limit: number): Promise<string[]> {
    if (limit < 1) return []
    let tail = Buffer.alloc(0)
    let from = this.#size
    while (from > 0 && lineCount(tail) <= limit) {
      const start = Math.max(0, from - 64 * 1024)
      tail = Buffer.concat([await this.#read(start, from), tail])
      from = start
    }
    // Unless the file began here, the first piece may be the end of an earlier line: it is beyond the limit.
    return tail.toString('utf8').split('\n').slice(0, -1).slice(-limit).reverse()
  }

  /** Every line, first to last, with where it stands. */
  async *lines(): AsyncGenerator<{ text: string; from: number; bytes: number }> {
    let from = 0
    let rest = Buffer.alloc(0)
    for (let read = 0; read < this.#size;) {
      const end = Math.min(this.#size, read + 64 * 1024)
      rest = Buffer.concat([rest, await this.#read(read, end)])
      read = end
      let begin = 0
      for (let at = rest.indexOf(0x0a); at >= 0; at = rest.indexOf(0x0a, begin)) {
        yield { text: rest.toString('utf8', begin, at), from: from + begin, bytes: at - begin }
        begin = at + 1
      }
      from += begin
      rest = rest.subarray(begin)
    }
  }

  /** The text at a place that `lines` or an append told. */
  async text(from: number, bytes: number): Promise<string> {
    return (await this.#read(from, from + bytes)).toString('utf8')
  }

  /** Puts a file of other lines in its place, durably. @returns the new one; this one is closed */
  async replacedBy(path: string, lines: readonly string[]): Promise<AppendFile> {
    await replaceFile(path, piecesOf(lines))
    await this.close()
    return AppendFile.open(path)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #cutUnfinishedLine(): Promise<void> {
    let end = this.#size
    while (end > 0) {
      const start = Math.max(0, end - 64 * 1024)
      const newline = (await this.#read(start, end)).lastIndexOf(0x0a)
      if (newline >= 0) {
        end = start + newline + 1
        break
      }
      end = start
    }
    if (end < this.#size) await this.cutTo(end)
  }

  async #read(start: number, end: number): Promise<Buffer> {
    const bytes = Buffer.alloc(end - start)
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, start)
    return bytes.subarray(0, bytesRead)
  }
}

/** @returns null where a file or directory is missing; rethrows every other error */
export function nullIfMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}

async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

/** Lines in pieces: all of them in one text could be longer than a text can be. */
function* piecesOf(lines: readonly string[]): Generator<string> {
  const linesPerPiece = 1000
  for (let at = 0; at < lines.length; at += linesPerPiece) {
    yield `${lines.slice(at, at + linesPerPiece).join('\n')}\n`
  }
}

function lineCount(bytes: Buffer): number {
  let count = 0
  for (const byte of bytes) if (byte === 0x0a) count += 1
  return count
}
