import { connect } from 'node:net'

export type HeaderLine = readonly [name: string, value: string]

/** A request as its bytes will say it. Header texts are sent as Latin-1, one byte per character. */
export interface WireRequest {
  method: string
  target: string
  headers: readonly HeaderLine[]
  body: Buffer
}

/** What came back. */
export interface WireAnswer {
  status: number
  /** Names in lower case; values of one name joined by a comma and a space. */
  headers: ReadonlyMap<string, string>
  text: string
  /** Whether the body is as long as the answer says. */
  isWhole: boolean
}

const answerLimitMs = 20_000
const headEnd = '\r\n\r\n'

/** The bytes of a request. */
export function requestBytes({ method, target, headers, body }: WireRequest): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  const head = `${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}${headEnd}`
  return Buffer.concat([Buffer.from(head, 'latin1'), body])
}

/**
 * Sends a request over a connection of its own and reads what comes until the server closes it.
 * @param port of the loopback address
 * @returns undefined where no answer came
 */
export function send(port: number, request: WireRequest): Promise<WireAnswer | undefined> {
  const socket = connect({ host: '127.0.0.1', port })
  const chunks: Buffer[] = []
  const { promise, resolve } = Promise.withResolvers<WireAnswer | undefined>()
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => socket.destroy()) // what came before is the answer
  socket.setTimeout(answerLimitMs, () => socket.destroy())
  socket.on('close', () =>
    resolve(readAnswer(Buffer.concat(chunks), { isHead: request.method === 'HEAD' })),
  )
  socket.write(requestBytes(request))
  return promise
}

/** Reads the last answer of a connection, after any that only announce it (1xx). */
export function readAnswer(bytes: Buffer, { isHead }: { isHead: boolean }): WireAnswer | undefined {
  const end = bytes.indexOf(headEnd)
  if (end === -1) return undefined
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1] ?? 0)
  const rest = bytes.subarray(end + headEnd.length)
  if (status >= 100 && status < 200) return readAnswer(rest, { isHead })
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]*):[ \t]*(.*)$/.exec(line) ?? []
    const known = headers.get(name.toLowerCase())
    headers.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`)
  }
  const isBare = isHead || status === 204 || status === 304
  const body = isBare ? { bytes: rest, isWhole: rest.length === 0 } : readBody(rest, headers)
  return { status, headers, text: body.bytes.toString('utf8'), isWhole: body.isWhole }
}

function readBody(
  bytes: Buffer,
  headers: ReadonlyMap<string, string>,
): { bytes: Buffer; isWhole: boolean } {
  if (headers.get('transfer-encoding') === 'chunked') return readChunks(bytes)
  const length = headers.get('content-length')
  return { bytes, isWhole: length === undefined || Number(length) === bytes.length }
}

function readChunks(bytes: Buffer): { bytes: Buffer; isWhole: boolean } {
  const parts: Buffer[] = []
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at)
    if (end === -1) return { bytes: Buffer.concat(parts), isWhole: false }
    const size = parseInt(bytes.toString('latin1', at, end), 16)
    if (size === 0) return { bytes: Buffer.concat(parts), isWhole: true }
    parts.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}

/** The request as a command for a shell, to look at by hand. */
export function curlLine(url: string, { method, target, headers, body }: WireRequest): string {
  const fields = headers
    .filter(([name]) => !/^(?:connection|content-length|transfer-encoding)$/i.test(name))
    .flatMap(([name, value]) => ['-H', quoted(Buffer.from(`${name}: ${value}`, 'latin1'))])
  const sent = body.length === 0 ? [] : ['--data-binary', quoted(body)]
  const words = [
    'curl',
    '-i',
    '-X',
    method,
    '--request-target',
    quoted(Buffer.from(target, 'latin1')),
  ]
  return [...words, ...fields, ...sent, url].join(' ')
}

function quoted(bytes: Buffer): string {
  const text = bytes
    .toString('latin1')
    .replace(/[\\']/g, '\\$&')
    .replace(
      /[^\x20-\x7e]/g,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
  return `$'${text}'`
}
