/** Bytes that may cross the wire until a page stands, by its path: everything, compressed as a browser takes it. */
export const maxBytes: Readonly<Partial<Record<string, number>>> = { '/docs/auth': 90_000 }
