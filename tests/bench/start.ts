import { type DataFolder, makeDataFolder } from './data-folder.ts'
import { conditions, type Findings, target } from './findings.ts'
import { median, table } from './numbers.ts'
import { startProduct } from './product.ts'
import type { Scale } from './scale.ts'

const milliseconds = (value: number): string => `${value.toFixed(0)} ms`

/** Measures the way from the start of the process to its first answer. */
export async function measureStart(scale: Scale): Promise<Findings> {
  const how = `${conditions()}\nFrom the start of the process until it answers that it is ready: ${scale.starts} start(s) each, in turn.`
  const fresh: number[] = []
  const filled: number[] = []
  using folder = await makeDataFolder(scale.accounts)
  for (let round = 1; round <= scale.starts; round += 1) {
    process.stderr.write(`start ${round} of ${scale.starts}\n`)
    using emptyFolder = await makeDataFolder()
    fresh.push(await startOnce(emptyFolder))
    filled.push(await startOnce(folder))
  }
  const rows = [
    row('with a new data folder', fresh),
    row(`with ${scale.accounts} accounts`, filled),
  ]
  return {
    how,
    tables: [table(['start', 'median in ms', 'longest in ms'], rows)],
    targets: [
      target('cold start to the first answer', median(fresh), { atMost: 1000 }, milliseconds),
    ],
  }
}

async function startOnce(folder: DataFolder): Promise<number> {
  await using product = await startProduct(folder)
  return product.startedInMs
}

function row(name: string, all: readonly number[]): string[] {
  return [name, median(all).toFixed(0), Math.max(...all).toFixed(0)]
}
