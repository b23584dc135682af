/** Rows as aligned columns under their head, for reading. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  )
  return [head, ...rows]
    .map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n')
}

/** A moment as RFC 3339 text in UTC; a dash where there is none. */
export function moment(ms: number | null): string {
  return momentOrNull(ms) ?? '-'
}

/** The same for JSON. */
export function momentOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
