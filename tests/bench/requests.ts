import autocannon from 'autocannon'
import { cpus } from 'node:os'
import { type BenchServer, startPeer, startProduct } from './bench-servers.ts'
import { median, table } from './numbers.ts'
import { cpuSeconds } from './process-cpu.ts'
import { openSandboxAccount } from './sandbox.ts'

const rounds = 4
const secondsPerRound = 2
const connections = 32
const yardstick = 'bare @hono/node-server'

interface Work {
  name: string
  server: BenchServer
  path: string
  headers?: Record<string, string>
}

/** What one round, or the median of all, says of a work. */
interface Speed {
  requestsPerSecond: number
  /** Processor time of the server, all its threads, per request. */
  cpuMicroseconds: number
  p99Ms: number
}

/**
 * Measures requests beside bare servers: rounds in turn, so that all get the same share of a busy machine. The load
 * generator uses the same processors: what it leaves decides on requests per second, not on processor time.
 * @returns a table
 */
export async function measureRequests(): Promise<string> {
  await using nodeHttp = await startPeer('node-http')
  await using hono = await startPeer('hono')
  await using product = await startProduct()
  const { apiKey } = await openSandboxAccount(product.url)
  const found = await measureInTurn([
    { name: 'bare node:http', server: nodeHttp, path: '/' },
    { name: yardstick, server: hono, path: '/' },
    { name: 'GET /api/v1/ping', server: product, path: '/api/v1/ping' },
    {
      name: 'GET /api/v1/stats with a key',
      server: product,
      path: '/api/v1/stats',
      headers: { 'x-api-auth': apiKey },
    },
    {
      name: 'GET /docs/auth (brotli)',
      server: product,
      path: '/docs/auth',
      headers: { 'accept-encoding': 'br' },
    },
  ])
  return `${howMeasured()}\n\n${speedTable(found)}`
}

async function measureInTurn(works: readonly Work[]): Promise<Map<string, Speed>> {
  const speeds = new Map<string, Speed[]>(works.map(({ name }) => [name, []]))
  for (let round = 1; round <= rounds; round += 1) {
    for (const work of works) {
      process.stderr.write(`round ${round} of ${rounds}: ${work.name}\n`)
      speeds.get(work.name)?.push(await measureOnce(work))
    }
  }
  return new Map([...speeds].map(([name, all]) => [name, medianSpeed(all)]))
}

async function measureOnce({ server, path, headers = {} }: Work): Promise<Speed> {
  const url = server.url + path
  const cpuBefore = cpuSeconds(server.pid)
  const load = await autocannon({ url, headers, connections, duration: secondsPerRound })
  if (load.non2xx > 0 || load.errors > 0) {
    throw new Error(`${url}: ${load.non2xx} answers were no 2xx, ${load.errors} failed`)
  }
  const answered = load.requests.total
  return {
    requestsPerSecond: answered / load.duration,
    cpuMicroseconds: ((cpuSeconds(server.pid) - cpuBefore) * 1e6) / answered,
    p99Ms: load.latency.p99,
  }
}

function medianSpeed(all: readonly Speed[]): Speed {
  return {
    requestsPerSecond: median(all.map((speed) => speed.requestsPerSecond)),
    cpuMicroseconds: median(all.map((speed) => speed.cpuMicroseconds)),
    p99Ms: median(all.map((speed) => speed.p99Ms)),
  }
}

function speedTable(found: ReadonlyMap<string, Speed>): string {
  const base = found.get(yardstick)
  if (base === undefined) throw new TypeError(`${yardstick} was not measured`)
  return table(
    ['work', 'req/s', `of ${yardstick}`, 'CPU per request in µs', 'speed by CPU', 'p99 in ms'],
    [...found].map(([name, { requestsPerSecond, cpuMicroseconds, p99Ms }]) => [
      name,
      requestsPerSecond.toFixed(0),
      (requestsPerSecond / base.requestsPerSecond).toFixed(2),
      cpuMicroseconds.toFixed(0),
      (base.cpuMicroseconds / cpuMicroseconds).toFixed(2),
      p99Ms.toFixed(0),
    ]),
  )
}

function howMeasured(): string {
  return [
    `Medians of ${rounds} rounds of ${secondsPerRound} s in turn, ${connections} connections, Node`,
    `${process.versions.node}, ${cpus().length} cores shared with the load generator. Limits, request ids and log`,
    `lines are on. Speed by CPU compares the processor time of the servers, also with ${yardstick}.`,
  ].join('\n')
}
