import { type Answer, call, postJson } from './call.ts'

/** Somebody with an account. */
export interface Reader {
  username: string
  password: string
}

/** A reader with a sandbox account, and its key. */
export interface SandboxReader extends Reader {
  apiKey: string
}

let count = 0

/** Opens an account that lasts, over HTTP. */
export async function registered(url: string): Promise<Reader> {
  count += 1
  const reader = { username: `reader-${process.pid}-${count}`, password: 'a quiet frozen lake' }
  const answer = await postJson(`${url}/auth/v1/register`, reader)
  if (answer.status !== 201) throw new Error(`not registered: ${answer.text}`)
  return reader
}

/** Opens a sandbox account, over HTTP. */
export async function sandboxed(url: string): Promise<SandboxReader> {
  const answer = await call(`${url}/auth/v1/sandbox`, { method: 'POST' })
  const { username, password, api_key: apiKey } = answer.json
  return { username: String(username), password: String(password), apiKey: String(apiKey) }
}

/** Asks for a token, as the seed's own sample does. */
export function signIn(
  url: string,
  { username, password }: Reader,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return call(`${url}/auth/v1/token`, { body: { username, password }, headers })
}

/** Signs in. @returns the `Cookie` field to send from then on */
export async function signedInCookie(url: string, reader: Reader): Promise<string> {
  const { cookies, text } = await signIn(url, reader)
  const [cookie = ''] = cookies[0]?.split(';') ?? []
  if (cookie === '') throw new Error(`not signed in: ${text}`)
  return cookie
}

/** The token in a `Cookie` field. */
export function tokenOf(cookie: string): string {
  return cookie.slice('access_token='.length)
}
