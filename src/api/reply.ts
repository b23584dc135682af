/** An answer that is not sent yet, as plain data: each door makes of it what it sends. */
export interface Reply {
  readonly status: number
  /** Names and values in turn, as they are sent. Only a cookie's name may come twice. */
  readonly fields: string[]
  /** Null for an answer that has none. */
  readonly body: string | null
}

/** The answer as the Fetch standard has it. */
export function toResponse({ status, fields, body }: Reply): Response {
  const headers: Record<string, string> = {}
  const again: [name: string, value: string][] = []
  for (let at = 0; at < fields.length; at += 2) {
    const [name = '', value = ''] = [fields[at], fields[at + 1]]
    if (headers[name] !== undefined) again.push([name, value])
    else headers[name] = value
  }
  const response = new Response(body, { status, headers })
  for (const [name, value] of again) response.headers.append(name, value)
  return response
}
