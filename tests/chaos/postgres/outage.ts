/**
 * Takes PostgreSQL away from running servers, in every way that is known, and looks at every answer:
 * `node tests/chaos/postgres/outage.ts [--rounds 1] [--only NAME]`. Ends with 0 if all were right.
 */
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '../../support/call.ts'
import { type Nodes, type ServerNode, startNodes } from '../../support/nodes.ts'
import { startPostgres } from '../../support/postgres.ts'
import { type Callers, type CallKind, lostAccounts, prepareCallers } from './callers.ts'
import { type Database, type Outage, outages } from './outages.ts'

/** What one outage was like. */
export interface OutageReport {
  outage: string
  calls: number
  /** Answered with 503. */
  refused: number
  slowestMs: number
  /** From the database's return to the first moment at which every kind of call was answered as usual on every node. */
  recoveredMs: number
  acknowledged: number
  /** Everything that should not have been, in words. */
  wrong: string[]
}

const slowestAllowedMs = 5000
const rememberedMs = 5000 // K11: how old an answer from memory may be
const recoveryAllowedMs = 10_000
const calmMs = 1000
const betweenCallsMs = 20

/** Two server processes and their database. */
export interface Scene {
  database: Database
  nodes: Nodes
  close(): Promise<void>
}

/** Starts a database of its own and two servers on it. */
export async function openScene(): Promise<Scene> {
  const server = await startPostgres()
  const url = await server.createDatabase()
  const nodes = await startNodes(2, { databaseUrl: url })
  return {
    database: { server, url },
    nodes,
    async close() {
      await nodes.stop()
      await server.close()
    },
  }
}

/** One outage under load. @param options.lastsMs how long the database is away */
export async function runOutage(
  { database, nodes }: Scene,
  outage: Outage,
  { lastsMs }: { lastsMs: number },
): Promise<OutageReport> {
  const [first] = nodes.all
  if (first === undefined) throw new Error('there is no node')
  const callers = await prepareCallers(first)
  const load = new Load(nodes.all, callers.kinds)
  await sleep(calmMs)
  const end = await outage.begin(database)
  load.isAway = outage.isTotal
  await sleep(lastsMs)
  load.isAway = false
  await end()
  const recoveredMs = await untilRecovered(nodes.all, callers)
  await sleep(calmMs)
  const { seen, wrong } = await load.stop()
  const lost = await lostAccounts(first, callers.acknowledged)
  wrong.push(...lost.map((who) => `an acknowledged account is lost: ${who}`))
  if (recoveredMs > recoveryAllowedMs) wrong.push('not as before within 10 s')
  return {
    outage: outage.name,
    calls: seen.length,
    refused: seen.filter(({ status }) => status === 503).length,
    slowestMs: Math.max(...seen.map(({ ms }) => ms)),
    recoveredMs,
    acknowledged: callers.acknowledged.length,
    wrong,
  }
}

/** What one call came to. */
interface Seen {
  status: number
  ms: number
}

/** Makes every kind of call on every node, one after the other, until it is stopped. */
class Load {
  readonly #seen: Seen[] = []
  readonly #wrong: string[] = []
  readonly #loops: Promise<void>[]
  #running = true
  #awaySince = Infinity

  constructor(nodes: readonly ServerNode[], kinds: readonly CallKind[]) {
    this.#loops = nodes.flatMap((node) => kinds.map((kind) => this.#repeat(node, kind)))
  }

  /** While no database answers, nobody is let in for longer than what was known before may be remembered. */
  set isAway(isAway: boolean) {
    this.#awaySince = isAway ? performance.now() : Infinity
  }

  async stop(): Promise<{ seen: Seen[]; wrong: string[] }> {
    this.#running = false
    await Promise.all(this.#loops)
    return { seen: this.#seen, wrong: this.#wrong }
  }

  async #repeat(node: ServerNode, kind: CallKind): Promise<void> {
    while (this.#running) {
      const since = performance.now()
      const answer = await kind.send(node).catch((error: unknown) => String(error))
      const ms = performance.now() - since
      const status = typeof answer === 'string' ? 0 : answer.status
      this.#seen.push({ status, ms })
      const fault = faultOf(kind, answer, ms)
      if (fault !== undefined) this.#wrong.push(`${kind.name}: ${fault}`)
      if (status < 300 && since - this.#awaySince > rememberedMs) {
        this.#wrong.push(
          `${kind.name}: answered with ${status}, and nobody can know that it is right`,
        )
      }
      await sleep(betweenCallsMs)
    }
  }
}

function faultOf(kind: CallKind, answer: Answer | string, ms: number): string | undefined {
  if (typeof answer === 'string') return `no answer: ${answer}`
  if (ms > slowestAllowedMs) return `answered after ${Math.round(ms)} ms`
  if (answer.status === kind.expected) return undefined
  if (answer.status !== 503) return `answered with ${answer.status}: ${answer.text.slice(0, 200)}`
  if (answer.headers['retry-after'] === undefined) return 'a 503 without Retry-After'
  return undefined
}

async function untilRecovered(nodes: readonly ServerNode[], { kinds }: Callers): Promise<number> {
  const since = performance.now()
  for (;;) {
    const all = nodes.flatMap((node) =>
      kinds.map(async (kind) => (await kind.send(node)).status === kind.expected),
    )
    const outcomes = await Promise.all(all.map((one) => one.catch(() => false)))
    const ms = performance.now() - since
    if (outcomes.every(Boolean) || ms > 2 * recoveryAllowedMs) return ms
    await sleep(100)
  }
}

/** One line of a report. */
export function reportLine(report: OutageReport): string {
  const { outage, calls, refused, slowestMs, recoveredMs, acknowledged, wrong } = report
  return [
    outage.padEnd(24),
    `${calls} calls, ${refused} refused with 503,`,
    `slowest ${Math.round(slowestMs)} ms, well again after ${Math.round(recoveredMs)} ms,`,
    `${acknowledged} acknowledged accounts found again, ${wrong.length} wrong`,
  ].join(' ')
}

/** Every outage, `rounds` times. @returns whether all was right */
export async function runOutages(options: {
  rounds: number
  only?: string | undefined
  print: (line: string) => void
}): Promise<boolean> {
  const chosen = outages.filter(({ name }) => name === (options.only ?? name))
  if (chosen.length === 0) throw new TypeError(`there is no outage named "${String(options.only)}"`)
  const scene = await openScene()
  let isRight = true
  try {
    for (let round = 0; round < options.rounds; round += 1) {
      for (const outage of chosen) {
        const report = await runOutage(scene, outage, { lastsMs: 8000 })
        options.print(reportLine(report))
        for (const line of new Set(report.wrong)) options.print(`  ${line}`)
        isRight &&= report.wrong.length === 0 && report.refused > 0
      }
    }
  } finally {
    await scene.close()
  }
  return isRight
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { rounds: text, only: text } })
  const isRight = await runOutages({
    rounds: Number(values.rounds ?? '1'),
    only: values.only,
    print: (line) => process.stdout.write(`${line}\n`),
  })
  process.exitCode = isRight ? 0 : 1
}
