import { type Answer, call } from '../support/call.ts'
import { url } from './target.ts'

/** Fields as they are sent. Of a list, a name may come several times. */
export type FormFields = Record<string, string> | readonly (readonly [string, string])[]

/** What a browser says of itself when a form of this site is sent. */
export function formHeaders(base: string = url): Record<string, string> {
  return {
    origin: new URL(base).origin,
    'sec-fetch-site': 'same-origin',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    'content-type': 'application/x-www-form-urlencoded',
  }
}

/** Opens a page as a browser that is typed an address. */
export function openPage(path: string, cookie = '', base: string = url): Promise<Answer> {
  const headers = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }
  return call(base + path, { headers: { ...headers, ...(cookie !== '' && { cookie }) } })
}

/** Sends a form as a browser does. @param options.headers over those of a browser */
export function sendForm(
  path: string,
  fields: FormFields,
  options: { cookie?: string; base?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { cookie, base = url, headers } = options
  return call(base + path, {
    method: 'POST',
    headers: { ...formHeaders(base), ...(cookie !== undefined && { cookie }), ...headers },
    body: String(new URLSearchParams(fields as Record<string, string>)),
  })
}
