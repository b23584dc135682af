/** One exchange of a sample as the tests of the site saw it, without its values. The build writes it into the page. */
export interface RecordedExchange {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly status: number
  /** Paths of the members of a JSON answer, sorted: `items[].id`, `next_cursor`. Empty where it is not JSON. */
  readonly members: readonly string[]
}

/** True for a value that was read from a file or a page and is such a record. */
export function isRecordedExchange(value: unknown): value is RecordedExchange {
  if (typeof value !== 'object' || value === null) return false
  const { method, path, status, members } = value as Record<string, unknown>
  return (
    typeof method === 'string' &&
    typeof path === 'string' &&
    typeof status === 'number' &&
    Array.isArray(members) &&
    members.every((member) => typeof member === 'string')
  )
}
