import { STATUS_CODES } from 'node:http'
import { apiHeaders } from '#api/middleware/security-headers.ts'
import type { HttpRequest } from '#build/markdown/http-request.ts'
import type { ExchangeRecord } from '#build/samples/exchange-record.ts'
import { originPlaceholder } from '#origin-placeholder.ts'
import { type Answer, call } from '../support/call.ts'
import { clockAt } from '../support/clock.ts'
import { signedInCookie, tokenOf } from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** What the placeholders of the pages stand for, in the request that is sent. */
interface Account {
  readonly username: string
  readonly password: string
  /** The part behind the colon. */
  readonly key: string
  readonly token: string
}

const username = 'myUsername'
const placeholders = { password: 'myPassword', key: 'myLongKeyGoesHere', token: 'myToken' } as const

/** What every answer has, or what depends on the connection: a page shows what is of this answer. */
const untold = new Set([
  ...Object.keys(apiHeaders({ secure: true })).map((name) => name.toLowerCase()),
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
])

/**
 * Sends a request to a server that has run for an hour and knows the account of the placeholders, if the request
 * names any, and makes the record of the answer. Nothing secret is in it.
 */
export async function recordExchange(request: {
  text: string
  parsed: HttpRequest
}): Promise<ExchangeRecord> {
  const clock = clockAt('2026-03-01T11:00:00Z')
  await using stack = new AsyncDisposableStack()
  const server = await startServer({ clock, env: { BARBELL_LIMITS: '' } })
  stack.defer(() => server.stop())
  const opened = needsAccount(request.text) ? await openAccount(server) : undefined
  clock.pass(60 * 60)
  const account = opened && { ...opened, token: await tokenFor(server, opened) }
  const answer = await send(request.parsed, server, account)
  return maskedRecord(request.text, answer, { server, account })
}

function needsAccount(text: string): boolean {
  return Object.values(placeholders).some((placeholder) => text.includes(placeholder))
}

async function openAccount({ barbell }: TestServer): Promise<Omit<Account, 'token'>> {
  const password = 'a quiet frozen lake'
  const caller = { address: '127.0.0.1', requestId: 'record' }
  const { id } = await barbell.auth.register({ username, password }, caller)
  const { apiKey } = await barbell.auth.issueApiKey(id, {}, caller)
  return { username, password, key: apiKey.slice(apiKey.indexOf(':') + 1) }
}

async function tokenFor({ url }: TestServer, account: Omit<Account, 'token'>): Promise<string> {
  return tokenOf(await signedInCookie(url, account))
}

function send(request: HttpRequest, { url }: TestServer, account?: Account): Promise<Answer> {
  const { method, target, headers, body } = request
  const named = headers.map(([name, value]) => [name, filledIn(value, account)] as const)
  return call(url + target, {
    method,
    headers: Object.fromEntries(named),
    ...(body !== null && { body: filledBody(body, headers, account) }),
  })
}

function filledIn(text: string, account?: Account): string {
  if (account === undefined) return text
  return text
    .replaceAll(placeholders.key, account.key)
    .replaceAll(placeholders.token, account.token)
    .replaceAll(placeholders.password, account.password)
}

/** In a form a space is a plus sign. */
function filledBody(body: string, headers: HttpRequest['headers'], account?: Account): string {
  const isForm = headers.some(([, value]) => value === 'application/x-www-form-urlencoded')
  if (!isForm) return filledIn(body, account)
  return filledIn(body, account && { ...account, password: encodeURIComponent(account.password) })
}

function maskedRecord(
  request: string,
  { status, headers, text }: Answer,
  known: { server: TestServer; account: Account | undefined },
): ExchangeRecord {
  const told = Object.entries(headers)
    .filter(([name]) => !untold.has(name))
    .flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one] as const))
  return {
    request,
    status,
    statusText: STATUS_CODES[status] ?? '',
    headers: told.map(([name, value]) => [name, maskedHeader(name, masked(value, known))]),
    body: maskedSecrets(masked(text, known)),
  }
}

function masked(
  text: string,
  { server, account }: { server: TestServer; account: Account | undefined },
): string {
  const open = text
    .replaceAll(server.url, originPlaceholder)
    .replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJ…')
  if (account === undefined) return open
  return open
    .replaceAll(account.password, placeholders.password)
    .replaceAll(account.key, placeholders.key)
    .replaceAll(`"${account.key.slice(-4)}"`, `"${placeholders.key.slice(-4)}"`)
}

/** Every cookie is somebody's secret; the token is seen to be one. */
function maskedHeader(name: string, value: string): string {
  return name === 'set-cookie' ? value.replace(/^([\w-]+)=(?!eyJ…)[^;]+/, '$1=…') : value
}

/** The password and the key that an answer gives away for the first time. */
function maskedSecrets(body: string): string {
  return body
    .replace(/("password":")[^"]+/, `$1${placeholders.password}`)
    .replace(/("api_key":"[\w-]+:)[^"]+/, `$1${placeholders.key}`)
}
