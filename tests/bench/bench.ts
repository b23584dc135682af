/**
 * Measures the built server beside bare peers in one run: rounds in turn, medians, ratios. Prints a table and
 * writes it to tests/bench/results.md. Loopback only; takes about a minute.
 */
import autocannon from 'autocannon'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type RunningServer, startBuiltServer, startPeer } from './bench-servers.ts'

const rounds = 5
const secondsPerRound = 2
const connections = 32

interface Work {
  name: string
  url: string
  headers?: Record<string, string>
}

interface Measured {
  name: string
  requestsPerSecond: number
  p99Ms: number
}

async function measureOnce({ url, headers = {} }: Work): Promise<{ rate: number; p99Ms: number }> {
  const result = await autocannon({ url, headers, connections, duration: secondsPerRound })
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers were no 2xx, ${result.errors} failed`)
  }
  return { rate: result.requests.average, p99Ms: result.latency.p99 }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

async function measureInTurn(works: Work[]): Promise<Measured[]> {
  const samples = works.map(() => ({ rates: [] as number[], p99s: [] as number[] }))
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, work] of works.entries()) {
      process.stderr.write(`round ${round + 1} of ${rounds}: ${work.name}\n`)
      const { rate, p99Ms } = await measureOnce(work)
      samples[index]?.rates.push(rate)
      samples[index]?.p99s.push(p99Ms)
    }
  }
  return works.map(({ name }, index) => ({
    name,
    requestsPerSecond: Math.round(median(samples[index]?.rates ?? [])),
    p99Ms: median(samples[index]?.p99s ?? []),
  }))
}

async function sandboxKey(url: string): Promise<string> {
  const answer = await fetch(`${url}/auth/v1/sandbox`, { method: 'POST' })
  const { api_key: key } = (await answer.json()) as { api_key: string }
  return key
}

const servers: RunningServer[] = []
try {
  const product = await startBuiltServer()
  servers.push(product)
  const nodeHttp = await startPeer('node-http')
  const hono = await startPeer('hono')
  servers.push(nodeHttp, hono)
  const key = await sandboxKey(product.url)

  const measured = await measureInTurn([
    { name: 'bare node:http', url: nodeHttp.url },
    { name: 'bare @hono/node-server', url: hono.url },
    { name: 'GET /api/v1/ping', url: `${product.url}/api/v1/ping` },
    {
      name: 'GET /api/v1/stats with a key',
      url: `${product.url}/api/v1/stats`,
      headers: { 'x-api-auth': key },
    },
    {
      name: 'GET /docs/auth (brotli)',
      url: `${product.url}/docs/auth`,
      headers: { 'accept-encoding': 'br' },
    },
  ])

  const base =
    measured.find(({ name }) => name === 'bare @hono/node-server')?.requestsPerSecond ?? 1
  const rows = measured.map(
    ({ name, requestsPerSecond, p99Ms }) =>
      `| ${name} | ${requestsPerSecond} | ${(requestsPerSecond / base).toFixed(2)} | ${p99Ms} |`,
  )
  const table = [
    '| work | req/s (median) | of bare @hono/node-server | p99 in ms |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n')
  const how = `\`npm run bench\`: ${rounds} rounds of ${secondsPerRound} s in turn, ${connections} connections, Node ${process.versions.node}, ${cpus().length} cores shared with the load generator.`
  writeFileSync(
    fileURLToPath(new URL('results.md', import.meta.url)),
    `# Bench\n\n${how}\n\n${table}\n`,
  )
  console.log(`\n${how}\n\n${table}`)
} finally {
  await Promise.all(servers.map((server) => server.stop()))
}
