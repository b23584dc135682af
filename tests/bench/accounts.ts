import { makeDataFolder } from './data-folder.ts'
import { conditions, type Findings, target } from './findings.ts'
import { median } from './numbers.ts'
import { startProduct } from './product.ts'
import type { Scale } from './scale.ts'
import { howInTurn, measureInTurn, type Speed, speedTable } from './speed.ts'

const fewAccounts = 10
const few = `key check, ${fewAccounts} accounts`

const percent = (value: number): string => `${value.toFixed(1)} %`

/** Measures the key check of a server with few accounts beside one with many; the keys of all take turns. */
export async function measureAccounts(shortScale: Scale): Promise<Findings> {
  const scale = { ...shortScale, rounds: shortScale.rounds * 2 } // a few percent want more of them
  const how = [
    conditions(),
    howInTurn(scale),
    'Slower by: the median of what each round says of its own two servers.',
  ].join('\n')
  const many = `key check, ${scale.accounts} accounts`
  using fewFolder = await makeDataFolder(fewAccounts)
  using manyFolder = await makeDataFolder(scale.accounts)
  await using fewServer = await startProduct(fewFolder)
  await using manyServer = await startProduct(manyFolder)
  const path = '/api/v1/stats'
  const works = [
    { name: few, server: fewServer, path, apiKeys: fewFolder.apiKeys },
    { name: many, server: manyServer, path, apiKeys: manyFolder.apiKeys },
  ]
  const speeds = await measureInTurn(works, scale)
  const slowerBy = percentSlower(speeds.get(few) ?? [], speeds.get(many) ?? [])
  return {
    how,
    tables: [speedTable(speeds, few)],
    targets: [target(`${many}: slower by`, slowerBy, { atMost: 5 }, percent)],
  }
}

/** Compares within each round, when the machine was as busy for both. */
function percentSlower(fewSpeeds: readonly Speed[], manySpeeds: readonly Speed[]): number {
  return median(
    fewSpeeds.map(({ requestsPerSecond }, round) => {
      const ratio = (manySpeeds[round]?.requestsPerSecond ?? Number.NaN) / requestsPerSecond
      return (1 - ratio) * 100
    }),
  )
}
