import { createReadStream, readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Encoding, preferredEncoding } from './accepted-encoding.ts'
import { type ByteRange, readByteRange } from './byte-range.ts'
import { hasAlready } from './entity-tag.ts'

/** The types of what a build may hold. Any other ending is sent as bytes that a browser only saves. */
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.py': 'text/x-python; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.zip': 'application/zip',
}

/** Files up to this size stay in memory once they were asked for; larger ones are read anew each time. */
const keptBytes = 256 * 1024

const packedEndings = { br: '.br', gzip: '.gz' } as const

/** One file in one coding. */
interface Form {
  readonly file: string
  readonly size: number
  /** By size and time of change: the same on every machine that unpacked the same build. */
  readonly etag: string
  body: Buffer | undefined
}

interface BuiltFile {
  readonly headers: Readonly<Record<string, string>>
  readonly forms: Partial<Record<Encoding, Form>> & { identity: Form }
}

/** What a request for a file is answered with. */
interface Answer {
  form: Form
  status: 200 | 206
  headers: Record<string, string | number>
  range: ByteRange | undefined
}

/**
 * The files of a build by their paths, each with the `.br` and `.gz` beside it. They are listed once: what is
 * asked for is looked up in the list and never in the file system.
 */
export class BuiltFiles {
  readonly #files: ReadonlyMap<string, BuiltFile>

  /**
   * @param folder the client folder of the build
   * @param headersOf further fields of a file's answers, by its path
   */
  constructor(folder: string, headersOf: (path: string) => Record<string, string>) {
    this.#files = listFiles(folder, headersOf)
  }

  /**
   * Answers a GET or HEAD for a file.
   * @returns whether there is such a file. Rejects if it cannot be read; then nothing was sent, or the connection
   * is closed
   */
  async send(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    const file = this.#files.get(path)
    if (file === undefined) return false
    const answer = answerFor(file, request, response)
    if (answer === undefined) return true
    if (request.method === 'HEAD') {
      response.writeHead(answer.status, answer.headers).end()
      return true
    }
    await sendBody(response, answer)
    return true
  }
}

/** What is to be sent; undefined where all of it has been, since no body is due. */
function answerFor(
  file: BuiltFile,
  { headers: asked, method }: IncomingMessage,
  response: ServerResponse,
): Answer | undefined {
  const { encoding, form } = formFor(file, asked['accept-encoding'])
  const headers = { ...file.headers, ETag: form.etag }
  if (hasAlready(asked['if-none-match'], form.etag)) {
    response.writeHead(304, headers).end()
    return undefined
  }
  const isSame = asked['if-range'] === undefined || asked['if-range'] === form.etag
  const range = method === 'GET' && isSame ? readByteRange(asked.range, form.size) : undefined
  if (range === null) {
    response.writeHead(416, { ...headers, 'Content-Range': `bytes */${form.size}` }).end()
    return undefined
  }
  const described = {
    ...headers,
    'Accept-Ranges': 'bytes',
    ...(encoding !== 'identity' && { 'Content-Encoding': encoding }),
  }
  if (range === undefined) {
    return { form, status: 200, range, headers: { ...described, 'Content-Length': form.size } }
  }
  const { start, end } = range
  const part = {
    'Content-Length': end - start + 1,
    'Content-Range': `bytes ${start}-${end}/${form.size}`,
  }
  return { form, status: 206, range, headers: { ...described, ...part } }
}

/** The best form that the client takes and the build has. */
function formFor(
  { forms }: BuiltFile,
  accepted: string | undefined,
): { encoding: Encoding; form: Form } {
  const offered = (Object.keys(forms) as Encoding[]).filter((each) => forms[each] !== undefined)
  const encoding = preferredEncoding(accepted, offered)
  return { encoding, form: forms[encoding] ?? forms.identity }
}

async function sendBody(
  response: ServerResponse,
  { form, status, headers, range }: Answer,
): Promise<void> {
  if (form.size <= keptBytes) {
    form.body ??= await readFile(form.file)
    const { start = 0, end = form.size } = range ?? {}
    response.writeHead(status, headers).end(form.body.subarray(start, end + 1))
    return
  }
  const bytes = createReadStream(form.file, range)
  await new Promise((resolve, reject) => bytes.once('open', resolve).once('error', reject))
  response.writeHead(status, headers)
  // A reader who leaves ends the stream; that is no failure of ours.
  await pipeline(bytes, response).catch((error: unknown) => {
    if (!isGone(error)) throw error
  })
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
}

function listFiles(
  folder: string,
  headersOf: (path: string) => Record<string, string>,
): Map<string, BuiltFile> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `/${relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')}`)
    .filter((path) => !path.includes('/.')) // nothing hidden is for readers
  const all = new Set(paths)
  return new Map(
    paths.map((path) => {
      const formOf = (ending: string): Form | undefined =>
        all.has(path + ending) ? openForm(join(folder, path + ending), ending) : undefined
      const [br, gzip] = [formOf(packedEndings.br), formOf(packedEndings.gzip)]
      return [
        path,
        {
          headers: {
            'Content-Type': types[extname(path)] ?? 'application/octet-stream',
            ...((br ?? gzip) && { Vary: 'Accept-Encoding' }),
            ...headersOf(path),
          },
          forms: {
            identity: openForm(join(folder, path), ''),
            ...(br && { br }),
            ...(gzip && { gzip }),
          },
        },
      ]
    }),
  )
}

function openForm(file: string, ending: string): Form {
  const { size, mtimeMs } = statSync(file)
  const etag = `"${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}${ending}"`
  return { file, size, etag, body: undefined }
}
