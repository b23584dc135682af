import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { preferredEncoding } from './accepted-encoding.ts'

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

/** Quick enough for every request: a quarter of the bytes for a millisecond. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

/**
 * The pages made on demand that hold nothing secret. The others would tell it by their length: whoever can have a
 * text of theirs put into a page beside a secret learns from what it compresses to (BREACH, decisions/0005).
 */
const packedPages: ReadonlySet<string> = new Set(['/login', '/register'])

/** Compresses a page that was made for this request, if the client takes it and the page may be. */
export async function packPage(page: Response, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace(/\/$/, '')
  if (!packedPages.has(path) || page.headers.has('set-cookie')) return page
  const { status, headers } = page
  headers.set('Vary', 'Accept-Encoding')
  const encoding = preferredEncoding(request.headers.get('accept-encoding') ?? undefined)
  if (encoding === 'identity') return page
  const body = Buffer.from(await page.arrayBuffer())
  const packed = encoding === 'br' ? await brotli(body, brotliOptions) : await gzipped(body)
  headers.set('Content-Encoding', encoding)
  headers.delete('Content-Length')
  return new Response(new Uint8Array(packed), { status, headers })
}
