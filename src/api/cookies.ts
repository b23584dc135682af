/**
 * All values that a `Cookie` header has for a name, in their order (RFC 6265 section 4.2.1). Values are
 * taken as they stand: ours need neither quotes nor escapes.
 */
export function cookieValues(header: string | null, name: string): string[] {
  if (header === null || !header.includes(name)) return []
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
}
