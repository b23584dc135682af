/** A form as it was sent: each field once, text only. */
export type FormFields = ReadonlyMap<string, string>

/**
 * Reads a form post.
 * @returns the fields; undefined where it is no form, holds a file, or names a field twice
 */
export async function readFormFields(request: Request): Promise<FormFields | undefined> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded(?:\s*;|$)/i.test(type)) return undefined
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(await request.text())) {
    if (fields.has(name)) return undefined
    fields.set(name, value)
  }
  return fields
}
