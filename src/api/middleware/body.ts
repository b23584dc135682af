import { EdgeRefusal } from '../edge-refusal.ts'
import { type ApiContext, requestStep } from '../exchange.ts'
import { readFormPairs } from '../strict-form.ts'
import { readJsonObject } from '../strict-json.ts'

/** Bytes that a body under `/auth` may have. */
export const maxAuthBodyBytes = 16 * 1024
/** Bytes that any other body may have. */
export const maxBodyBytes = 64 * 1024

const formShape = /^application\/x-www-form-urlencoded\s*(?:;\s*charset="?utf-8"?\s*)?$/i
const jsonShape = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i

/**
 * Reads the body into memory, as far as it may go, and puts it back for whoever reads it next. Counts what
 * arrives, whatever `Content-Length` says. Packed bodies are refused: ten bytes may unpack to a million.
 * @throws {EdgeRefusal} payload_too_large, unsupported_media_type, malformed_request
 */
export async function takeBody({ req }: ApiContext, maxBytes: number): Promise<void> {
  const { headers } = req.raw
  if (headers.has('content-encoding')) {
    throw new EdgeRefusal('unsupported_media_type', {
      detail: 'Send the body as it is, not packed.',
    })
  }
  const tooLarge = new EdgeRefusal('payload_too_large', {
    detail: `This call takes a body of at most ${maxBytes} bytes.`,
  })
  if (Number(headers.get('content-length') ?? 0) > maxBytes) throw tooLarge
  const stream = req.raw.body
  if (stream === null) return
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of arriving(stream)) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge
    chunks.push(chunk)
  }
  req.raw = new Request(req.raw, { body: Buffer.concat(chunks) })
}

/**
 * The chunks of a body. When the loop is left early the stream is let go, not cancelled: that would cut the
 * connection before the refusal is out. What still comes is thrown away by @hono/node-server, for half a second;
 * then it ends the connection. With `Connection: close` Node would end it at once, and the refusal would be lost.
 */
async function* arriving(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } catch {
    throw new EdgeRefusal('malformed_request', { detail: 'The body ended before its end.' })
  } finally {
    reader.releaseLock()
  }
}

/** The body is a form in UTF-8 (RFC 6749 appendix B), whole and readable. */
export const formBodyOnly = requestStep(
  ['unsupported_media_type', 'malformed_request', 'payload_too_large'],
  async function formBodyOnly(c) {
    if (!formShape.test(c.req.header('content-type') ?? '')) {
      throw new EdgeRefusal('unsupported_media_type', {
        detail: 'Send a form: Content-Type: application/x-www-form-urlencoded, in UTF-8.',
      })
    }
    readFormPairs(await bodyText(c))
  },
)

/** No parameter comes twice (RFC 6749 section 3.2). */
export const noRepeatedFields = requestStep(
  ['malformed_request'],
  async function noRepeatedFields(c) {
    const seen = new Set<string>()
    for (const [name] of readFormPairs(await bodyText(c))) {
      if (seen.has(name)) {
        throw new EdgeRefusal('malformed_request', { detail: 'A parameter comes more than once.' })
      }
      seen.add(name)
    }
  },
)

/** The body is one JSON object in UTF-8, no member twice. */
export const jsonBodyOnly = requestStep(
  ['unsupported_media_type', 'malformed_request', 'payload_too_large'],
  async function jsonBodyOnly(c) {
    if (!jsonShape.test(c.req.header('content-type') ?? '')) {
      throw new EdgeRefusal('unsupported_media_type', {
        detail: 'Send JSON: Content-Type: application/json, in UTF-8.',
      })
    }
    readJsonObject(await bodyText(c))
  },
)

/** The value of a form's field; undefined where it is not sent or empty, which RFC 6749 section 3.2 counts alike. */
export async function formField(c: ApiContext, name: string): Promise<string | undefined> {
  const pairs = readFormPairs(await bodyText(c))
  return pairs.find(([field]) => field === name)?.[1] || undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

async function bodyText({ req }: ApiContext): Promise<string> {
  const bytes = await req.arrayBuffer()
  try {
    return utf8.decode(bytes)
  } catch {
    throw new EdgeRefusal('malformed_request', { detail: 'The body is not UTF-8.' })
  }
}
