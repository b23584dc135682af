import { makeDataFolder } from './data-folder.ts'
import { conditions, type Findings, target } from './findings.ts'
import { median, percent } from './numbers.ts'
import { startProduct } from './product.ts'
import type { Scale } from './scale.ts'
import { howInTurn, measureInTurn, type Speed, speedTable } from './speed.ts'

const fewAccounts = 10
const few = `key check, ${fewAccounts} accounts`

/**
 * Measures the key check of a server with few accounts beside one with many, of which first as few call, then all in
 * turn. The first tells what it costs to have accounts; the second also what it costs that their keys do not fit into
 * the cache of the processor.
 */
export async function measureAccounts(shortScale: Scale): Promise<Findings> {
  // Rounds of one server differ by ten percent; a few percent want many of them, close together.
  const scale = { ...shortScale, rounds: shortScale.rounds * 8, secondsPerRound: 1 }
  const how = [
    conditions(),
    howInTurn(scale),
    'Slower by: the median of what each round says of its own two servers.',
  ].join('\n')
  const someOfMany = `key check, ${scale.accounts} accounts, ${fewAccounts} of them call`
  const allOfMany = `key check, ${scale.accounts} accounts, all of them call`
  using fewFolder = await makeDataFolder(fewAccounts)
  using manyFolder = await makeDataFolder(scale.accounts)
  await using fewServer = await startProduct(fewFolder)
  await using manyServer = await startProduct(manyFolder)
  const path = '/api/v1/stats'
  const works = [
    { name: few, server: fewServer, path, apiKeys: fewFolder.apiKeys },
    {
      name: someOfMany,
      server: manyServer,
      path,
      apiKeys: manyFolder.apiKeys.slice(0, fewAccounts),
    },
    { name: allOfMany, server: manyServer, path, apiKeys: manyFolder.apiKeys },
  ]
  const speeds = await measureInTurn(works, scale)
  const targets = [someOfMany, allOfMany].map((name) => {
    const slowerBy = percentSlower(speeds.get(few) ?? [], speeds.get(name) ?? [])
    return target(`${name}: slower by`, slowerBy, { atMost: 5 }, percent)
  })
  return {
    how,
    tables: [speedTable(speeds, few)],
    targets,
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
