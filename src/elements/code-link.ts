/** Code in the fragment of a URL: `#code/{id of the sample}/{deflated text, base64url}`. A fragment is never sent. */

/** Of the packed text, in characters. Longer links are cut by mail programs and chats. */
export const maxLinkCharacters = 8 * 1024
/** Of the unpacked text: a few packed bytes may stand for gigabytes. */
const maxTextBytes = 64 * 1024

const linkPattern = /^#code\/([A-Za-z][\w-]*)\/([\w-]+)$/

/** The id of the sample whose code a fragment brings; null for any other fragment. */
export function linkedSampleId(fragment: string): string | null {
  return linkPattern.exec(fragment)?.[1] ?? null
}

/**
 * Packs a sample's text into a fragment.
 * @throws {RangeError} for a text that is too long; the message is for the reader
 */
export async function codeFragment(id: string, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length > maxTextBytes) throw tooLong()
  const packed = base64url(await throughStream(bytes, new CompressionStream('deflate-raw')))
  if (packed.length > maxLinkCharacters) throw tooLong()
  return `#code/${id}/${packed}`
}

/** The text that a fragment brings; null when it brings none, or none that can be read. */
export async function readCodeFragment(fragment: string): Promise<string | null> {
  const packed = linkPattern.exec(fragment)?.[2]
  if (packed === undefined || packed.length > maxLinkCharacters) return null
  try {
    const bytes = await throughStream(bytesOf(packed), new DecompressionStream('deflate-raw'))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** @throws {RangeError} as soon as more comes out than a sample may have */
async function throughStream(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length
    if (length > maxTextBytes) {
      await reader.cancel()
      throw tooLong()
    }
    chunks.push(part.value)
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

function tooLong(): RangeError {
  const allowance = `${maxLinkCharacters / 1024} KB`
  return new RangeError(`This code is too long for a link: packed, it may have ${allowance}.`)
}

function base64url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** @throws {DOMException} for what is not base64url */
function bytesOf(packed: string): Uint8Array<ArrayBuffer> {
  const text = atob(packed.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
