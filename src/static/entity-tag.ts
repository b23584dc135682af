const entityTags = /(?:W\/)?("[^"]*")/g

/**
 * Whether a client has this already (RFC 9110 section 13.1.2). Tags are compared weakly: a proxy that packs an
 * answer on its way marks its tag as weak.
 * @param header `If-None-Match`
 * @param etag as it is sent, with its quotes
 */
export function hasAlready(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  return [...header.matchAll(entityTags)].some(([, tag]) => tag === etag)
}
