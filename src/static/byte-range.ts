/** Which bytes of a file are asked for; both ends count. */
export interface ByteRange {
  start: number
  end: number
}

const oneRange = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/i

/**
 * Reads a `Range` (RFC 9110 section 14.2). A server may send the whole where it does not want to send a part: that
 * is done for several ranges, other units, and what is malformed, such as an end before its start.
 * @param size of the whole, in bytes
 * @returns undefined for the whole; null where no byte of it is in the file
 */
export function readByteRange(
  header: string | undefined,
  size: number,
): ByteRange | null | undefined {
  const parts = oneRange.exec(header ?? '')
  if (parts === null) return undefined
  const [, first = '', last = '', suffix = ''] = parts
  if (first === '')
    return size === 0 || Number(suffix) === 0 ? null : lastBytes(Number(suffix), size)
  const start = Number(first)
  const end = last === '' ? Infinity : Number(last)
  if (end < start) return undefined
  return start < size ? { start, end: Math.min(end, size - 1) } : null
}

function lastBytes(count: number, size: number): ByteRange {
  return { start: Math.max(0, size - count), end: size - 1 }
}
