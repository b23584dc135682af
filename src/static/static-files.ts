import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import sirv from 'sirv'
import { withRealOrigin } from '../origin-placeholder.ts'
import { pagePolicy, runnerPolicy } from './content-security-policy.ts'

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

type Encoding = 'br' | 'gzip' | 'identity'

interface Page {
  headers: Record<string, string>
  etag: string
  bodies: Record<Encoding, Buffer>
}

/** Answers a request for a file; `next` is called when there is none. */
export type StaticFiles = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  next: () => void,
) => void

/**
 * Serves the built site. Pages are read at their first request, get the real origin, their policy and their
 * compressed forms, and stay in memory; all other files are sirv's, with the `.br` and `.gz` of the build.
 * @param folder the client folder of the build
 * @param origin the public origin, no trailing slash
 */
export function staticFiles(folder: string, origin: string): StaticFiles {
  const pagePaths = listPages(folder)
  const pages = new Map<string, Promise<Page>>()
  const policyOfRunner = runnerPolicy(origin)
  const files = sirv(folder, {
    brotli: true,
    gzip: true,
    etag: true,
    dotfiles: false,
    extensions: [],
    setHeaders(response, path) {
      response.setHeader('Cache-Control', cacheControl(path))
      if (path.startsWith('/runner/')) response.setHeader('Content-Security-Policy', policyOfRunner)
    },
  })

  function pageAt(path: string, file: string): Promise<Page> {
    const known = pages.get(path)
    if (known) return known
    const made = makePage(file, origin)
    pages.set(path, made)
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
      else files(request, response, next)
      return
    }
    pageAt(path, file).then((page) => sendPage(page, request, response), fail(response))
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

/** Sends the built "not found" page with status 404. */
export function notFoundPage(
  folder: string,
  origin: string,
): (request: IncomingMessage, response: ServerResponse) => void {
  const page = makePage(join(folder, '404.html'), origin)
  return (request, response) => {
    response.statusCode = 404
    page.then((made) => sendPage(made, request, response), fail(response))
  }
}

/** A page that cannot be read was there when the server started: a fault of the machine, told as such. */
function fail(response: ServerResponse): () => void {
  return () => {
    response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' })
    response.end('The page cannot be read.\n')
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
  const text = withRealOrigin(readFileSync(file, 'utf8'), origin)
  const body = Buffer.from(text)
  const html = extname(file) === '.html'
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
  const [br, gz] = await Promise.all([brotli(body, quality), gzipped(body)])
  return {
    headers: {
      'Content-Type': textTypes[extname(file)] ?? 'application/octet-stream',
      'Cache-Control': 'no-cache',
      Vary: 'Accept-Encoding',
      ...(html ? { 'Content-Security-Policy': pagePolicy(text) } : {}),
    },
    etag: createHash('sha256').update(body).digest('base64url').slice(0, 22),
    bodies: { br, gzip: gz, identity: body },
  }
}

function sendPage(page: Page, request: IncomingMessage, response: ServerResponse): void {
  const encoding = preferredEncoding(request.headers['accept-encoding'])
  const etag = `"${page.etag}-${encoding}"`
  for (const [name, value] of Object.entries(page.headers)) response.setHeader(name, value)
  response.setHeader('ETag', etag)
  if (response.statusCode === 200 && request.headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  const body = page.bodies[encoding]
  if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding)
  response.setHeader('Content-Length', body.length)
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** The best of what a client accepts (RFC 9110 section 12.5.3); a coding with q=0 is refused. */
export function preferredEncoding(accepted: string | undefined): Encoding {
  const offers = new Map(
    (accepted ?? '').split(',').map((part) => {
      const [coding = '', weight = ''] = part.split(';')
      return [coding.trim().toLowerCase(), !/q=0(?:\.0*)?\s*$/.test(weight)] as const
    }),
  )
  if (offers.get('br')) return 'br'
  return offers.get('gzip') ? 'gzip' : 'identity'
}

/** Files whose name holds a hash or a version never change; the rest is asked for again each time. */
function cacheControl(path: string): string {
  const immutable = /^\/(?:_astro|runner)\//.test(path)
  return immutable ? 'public, max-age=31536000, immutable' : 'no-cache'
}
