import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchServer } from './bench-process.ts'
import { makeDataFolder } from './data-folder.ts'
import { conditions, type Findings, target } from './findings.ts'
import { loadGenerator, putLoad } from './load.ts'
import { table } from './numbers.ts'
import { residentMb } from './process-memory.ts'
import { startProduct } from './product.ts'
import { openSandboxAccount } from './sandbox.ts'
import type { Scale } from './scale.ts'

const connections = 32
const settleMs = 2000 // for garbage to be collected

const megabytes = (value: number): string => `${value.toFixed(1)} MB`

/** Watches the memory of the server over many key checks. */
export async function measureMemory(scale: Scale): Promise<Findings> {
  const how = `${conditions()}\nKey checks on ${connections} connections from ${loadGenerator.name}; resident memory, read two seconds after the load ended.`
  using folder = await makeDataFolder()
  await using product = await startProduct(folder)
  const atStart = residentMb(product.pid)
  const { apiKey } = await openSandboxAccount(product.url)
  const { answered: warmUp } = await checkKeys(product, apiKey, scale.secondsPerRound)
  const before = await settledMb(product)
  const watched = await watch(product, apiKey, scale)
  const after = await settledMb(product)
  const rows = [
    ['at the start', '0', megabytes(atStart)],
    ['warm', String(warmUp), megabytes(before)],
    ['largest while under load', '', megabytes(watched.largestMb)],
    ['at the end', String(warmUp + watched.answered), megabytes(after)],
  ]
  const name = `growth over ${watched.answered} requests`
  return {
    how,
    tables: [table(['when', 'requests until then', 'resident memory'], rows)],
    targets: [target(name, after - before, { atMost: 24 }, megabytes)],
  }
}

/** Sends at least as many requests as are asked for. */
async function watch(
  product: BenchServer,
  apiKey: string,
  { requests, secondsPerRound }: Scale,
): Promise<{ answered: number; largestMb: number }> {
  let answered = 0
  let largestMb = 0
  while (answered < requests) {
    answered += (await checkKeys(product, apiKey, secondsPerRound)).answered
    const nowMb = residentMb(product.pid)
    process.stderr.write(`${answered} of ${requests} requests, ${megabytes(nowMb)}\n`)
    largestMb = Math.max(largestMb, nowMb)
  }
  return { answered, largestMb }
}

async function checkKeys(
  { url }: BenchServer,
  apiKey: string,
  seconds: number,
): Promise<{ answered: number }> {
  const headers = { 'x-api-auth': apiKey }
  return await putLoad({ url: `${url}/api/v1/stats`, headers, connections, seconds })
}

async function settledMb({ pid }: BenchServer): Promise<number> {
  await sleep(settleMs)
  return residentMb(pid)
}
