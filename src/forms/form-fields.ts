import { EdgeRefusal } from '#api/edge-refusal.ts'
import { readFormPairs } from '#api/strict-form.ts'

/** A form as it was sent: each field once, text only. */
export type FormFields = ReadonlyMap<string, string>

const formType = /^application\/x-www-form-urlencoded(?:\s*;|$)/i

/**
 * Reads a form post, as strictly as the API does.
 * @returns the fields; undefined where it is no form, is not whole, or names a field twice
 */
export async function readFormFields(request: Request): Promise<FormFields | undefined> {
  if (!formType.test(request.headers.get('content-type') ?? '')) return undefined
  const pairs = readPairs(await request.arrayBuffer())
  const fields = new Map(pairs)
  return pairs !== undefined && fields.size === pairs.length ? fields : undefined
}

function readPairs(body: ArrayBuffer): [name: string, value: string][] | undefined {
  try {
    return readFormPairs(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    // The decoder throws a TypeError for bytes that are no UTF-8.
    if (error instanceof EdgeRefusal || error instanceof TypeError) return undefined
    throw error
  }
}
