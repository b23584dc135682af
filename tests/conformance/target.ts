import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject, onTestFinished, test } from 'vitest'
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts'
import { type Answer, call, postJson, type Sent } from '../support/call.ts'
import { type Reader, type SandboxReader, signIn } from '../support/readers.ts'

const target = inject('target')

/** Public origin of what is tested. */
export const url = target.url

/** Whether this run started the server: only then its log can be read, and others like it started. */
export const isOwnServer = target.logFile !== undefined

/** A test of what only a server of this run gives. Elsewhere its lines count as not tested. */
export const testOwnServer = test.runIf(isOwnServer)

const logHeldMs = 1_200 // the server writes lines about requests once a second

/** All that the server has logged so far. @throws where the server is not of this run */
export async function serverLog(): Promise<string> {
  if (target.logFile === undefined) throw new Error('use testOwnServer: this log is out of reach')
  await sleep(logHeldMs)
  return readFileSync(target.logFile, 'utf8')
}

/**
 * Starts another server for this test, which ends with it.
 * @param settings over the defaults of the product: its limits are in force
 */
export async function startOther(settings: Record<string, string> = {}): Promise<BuiltServer> {
  const server = await startBuiltServer({ BARBELL_LIMITS: '', ...settings })
  onTestFinished(async () => {
    await server.stop()
  })
  return server
}

/** One request to a path of the target. */
export function ask(path: string, sent: Sent = {}): Promise<Answer> {
  return call(url + path, sent)
}

/** A name that nobody has. */
export function freshName(): string {
  return `conformance-${randomBytes(8).toString('hex')}`
}

/** Nobody has guessed it, and nobody will. */
export function freshPassword(): string {
  return `${randomBytes(12).toString('hex')} violet heron`
}

/** Opens an account that lasts. @param base another server than the target */
export async function freshReader(
  base: string = url,
  given: Partial<Reader> = {},
): Promise<Reader> {
  const reader = { username: freshName(), password: freshPassword(), ...given }
  expectStatus(await postJson(`${base}/auth/v1/register`, reader), 201)
  return reader
}

/** Opens a sandbox account. @param base another server than the target */
export async function freshSandbox(base: string = url): Promise<SandboxReader> {
  const answer = expectStatus(await call(`${base}/auth/v1/sandbox`, { method: 'POST' }), 201)
  const { username, password, api_key: apiKey } = answer.json
  return { username: String(username), password: String(password), apiKey: String(apiKey) }
}

/** Signs in. @returns the `Cookie` field to send from then on */
export async function cookieOf(reader: Reader, base: string = url): Promise<string> {
  const { cookies } = expectStatus(await signIn(base, reader), 200)
  return cookies[0]?.split(';')[0] ?? ''
}

/** Asks the public API whose key this is. */
export function askWithKey(apiKey: string, base: string = url): Promise<Answer> {
  return call(`${base}/api/v1/me`, { headers: { 'x-api-auth': apiKey } })
}

/** Asks whom a token speaks for. @param headers that carry it */
export function askWhoIs(headers: Record<string, string>, base: string = url): Promise<Answer> {
  return call(`${base}/auth/v1/users/me`, { headers })
}

/**
 * What tells two answers apart: status, fields and body, less what may differ between any two requests:
 * date, request id, and how far the limits are used.
 */
export function comparable({ status, headers, text }: Answer): unknown {
  const fields = Object.entries(headers).filter(
    ([name]) => !['date', 'x-request-id', 'ratelimit'].includes(name),
  )
  return { status, fields, text: text.replace(/"request_id":"[^"]*"/, '"request_id":""') }
}

function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status === status) return answer
  const hint =
    answer.status === 429 ? ' Raise the limits of the deployment for the time of this run.' : ''
  throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}${hint}`)
}
