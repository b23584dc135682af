import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { withRealOrigin } from '../origin-placeholder.ts'
import { type Encoding, preferredEncoding } from './accepted-encoding.ts'
import { BuiltFiles } from './built-files.ts'
import { offlinePolicy, pagePolicy, runnerPolicy } from './content-security-policy.ts'
import { hasAlready } from './entity-tag.ts'

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

/** What the pages say in words: these name the public origin, which only the running server knows. */
const textTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
}

const packedForms: ReadonlySet<string> = new Set(['.br', '.gz'])

type Bodies = Readonly<Record<Encoding, Buffer>>

interface Page {
  readonly headers: Readonly<Record<string, string>>
  readonly etag: string
  readonly bodies: Bodies
}

/** Answers a request for a file; `next` is called when there is none, and with an error if it cannot be read. */
export type StaticFiles = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  next: (error?: unknown) => void,
) => void

/**
 * Serves the built site. Pages are read at their first request, get the real origin, their policy and their
 * compressed forms, and stay in memory; all other files are sent as they are, or as the build packed them.
 * @param folder the client folder of the build
 * @param origin the public origin, no trailing slash
 */
export function staticFiles(folder: string, origin: string): StaticFiles {
  const pagePaths = listPages(folder)
  const pages = new Map<string, Promise<Page>>()
  const policyOfRunner = runnerPolicy(origin)
  const files = new BuiltFiles(folder, (path) => ({
    'Cache-Control': cacheControl(path),
    ...(path.startsWith('/runner/') && { 'Content-Security-Policy': policyOfRunner }),
    ...(path.startsWith('/offline/') && { 'Content-Security-Policy': offlinePolicy }),
  }))

  function pageAt(path: string, file: string): Promise<Page> {
    const known = pages.get(path)
    if (known) return known
    const made = makePage(file, origin)
    pages.set(path, made)
    // It was there when the server started; the next reader may be luckier.
    made.catch(() => pages.delete(path))
    return made
  }

  return (request, response, path, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      next()
      return
    }
    const file = pagePaths.get(withoutTrailingSlash(path))
    if (file === undefined) {
      if (isOtherSpelling(path)) next()
      else files.send(request, response, path).then((found) => (found ? undefined : next()), next)
      return
    }
    pageAt(path, file).then((page) => sendPage(page, request, response), next)
  }
}

/**
 * Whether a path may name a file of ours by a name that it is not to have: an escape, a page's file, the packed
 * form of a file. Such a page would come without its policy and without the real origin.
 */
function isOtherSpelling(path: string): boolean {
  const extension = extname(path.replace(/\/+$/, ''))
  return path.includes('%') || extension in textTypes || packedForms.has(extension)
}

/** A built page that stands in for whatever was asked for, with a status of its own. Nobody keeps it. */
export class StatusPage {
  readonly #headers: Readonly<Record<string, string>>
  readonly #bodies: Promise<Bodies>

  /** @throws if the build has no such page */
  constructor(file: string, origin: string) {
    const { headers, body } = readPage(file, origin)
    this.#headers = { ...headers, 'Cache-Control': 'no-store' }
    this.#bodies = pack(body)
  }

  /** Answers with the page. */
  async send(
    request: IncomingMessage,
    response: ServerResponse,
    { status }: { status: number },
  ): Promise<void> {
    const encoding = preferredEncoding(request.headers['accept-encoding'])
    const body = (await this.#bodies)[encoding]
    response.writeHead(status, {
      ...this.#headers,
      ...(encoding !== 'identity' && { 'Content-Encoding': encoding }),
      'Content-Length': body.length,
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  /** The same for whoever answers with objects of the web. */
  async toResponse(answer: {
    status: number
    headers?: Record<string, string>
  }): Promise<Response> {
    const { identity } = await this.#bodies
    const headers = { ...this.#headers, ...answer.headers }
    return new Response(new Uint8Array(identity), { status: answer.status, headers })
  }
}

function listPages(folder: string): Map<string, string> {
  const pages = new Map<string, string>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !(extname(entry.name) in textTypes)) continue
    const file = join(entry.parentPath, entry.name)
    const path = `/${relative(folder, file).split(sep).join('/')}`
    pages.set(withoutTrailingSlash(path.replace(/(?:^|(?<=\/))index\.html$/, '')), file)
  }
  return pages
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

async function makePage(file: string, origin: string): Promise<Page> {
  const { headers, body } = readPage(file, origin)
  const etag = createHash('sha256').update(body).digest('base64url').slice(0, 22)
  return { headers, etag, bodies: await pack(body) }
}

function readPage(file: string, origin: string): Pick<Page, 'headers'> & { body: Buffer } {
  const text = withRealOrigin(readFileSync(file, 'utf8'), origin)
  const headers = {
    'Content-Type': textTypes[extname(file)] ?? 'application/octet-stream',
    'Cache-Control': 'no-cache',
    Vary: 'Accept-Encoding',
    ...(extname(file) === '.html' && { 'Content-Security-Policy': pagePolicy(text) }),
  }
  return { headers, body: Buffer.from(text) }
}

async function pack(body: Buffer): Promise<Bodies> {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
  const [br, gz] = await Promise.all([brotli(body, quality), gzipped(body)])
  return { br, gzip: gz, identity: body }
}

function sendPage(page: Page, request: IncomingMessage, response: ServerResponse): void {
  const encoding = preferredEncoding(request.headers['accept-encoding'])
  const etag = `"${page.etag}-${encoding}"`
  for (const [name, value] of Object.entries(page.headers)) response.setHeader(name, value)
  response.setHeader('ETag', etag)
  if (hasAlready(request.headers['if-none-match'], etag)) {
    response.writeHead(304).end()
    return
  }
  const body = page.bodies[encoding]
  if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding)
  response.setHeader('Content-Length', body.length)
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Files whose name holds a hash or a version never change; the rest is asked for again each time. */
function cacheControl(path: string): string {
  const immutable = /^\/(?:_astro|runner|offline)\//.test(path)
  return immutable ? 'public, max-age=31536000, immutable' : 'no-cache'
}
