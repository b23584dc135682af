import { loadWithAutocannon } from './load-autocannon.ts'
import { isWrkInstalled, loadWithWrk } from './load-wrk.ts'

/** The same request, over and over, on so many connections at once. */
export interface Load {
  url: string
  headers?: Readonly<Record<string, string>>
  /** Values of `x-api-auth` that take turns. */
  apiKeys?: readonly string[]
  connections: number
  /** A whole number. */
  seconds: number
}

/** What a load generator has counted. */
export interface LoadCount {
  answered: number
  /** Answers that were no success, and requests that got none. */
  failed: number
  seconds: number
  p99Ms: number
}

/** A program that makes load. */
export interface LoadGenerator {
  name: string
  run(load: Load): Promise<LoadCount>
}

/** All there are. wrk comes first: autocannon takes so much of the processor that it slows the server down. */
export const loadGenerators: readonly LoadGenerator[] = [
  ...(isWrkInstalled() ? [{ name: 'wrk', run: loadWithWrk }] : []),
  { name: 'autocannon', run: loadWithAutocannon },
]

/** The one that the bench uses here. */
export const [loadGenerator = { name: 'autocannon', run: loadWithAutocannon }] = loadGenerators

/**
 * Puts a load on a server.
 * @throws if an answer is no 2xx: what a refusal costs is not what is asked
 */
export async function putLoad(load: Load, generator = loadGenerator): Promise<LoadCount> {
  await expectSuccess(load)
  const count = await generator.run(load)
  if (count.failed > 0 || count.answered === 0) {
    throw new Error(`${load.url}: ${count.answered} answered, ${count.failed} failed`)
  }
  await expectSuccess(load)
  return count
}

/** wrk takes a redirection for a success, so one request before and after is looked at. */
async function expectSuccess({ url, headers = {}, apiKeys: [apiKey] = [] }: Load): Promise<void> {
  const key = apiKey === undefined ? {} : { 'x-api-auth': apiKey }
  const answer = await fetch(url, { headers: { ...headers, ...key }, redirect: 'manual' })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${url} was answered ${answer.status}`)
}
