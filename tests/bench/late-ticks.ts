import { noPretenuring, serverFlags } from '../../src/build/server-flags.mjs'
import { pathOf } from './bench-process.ts'
import { makeDataFolder } from './data-folder.ts'
import { conditions, type Findings, target } from './findings.ts'
import { percent } from './numbers.ts'
import { startProduct } from './product.ts'
import type { Scale } from './scale.ts'
import { howInTurn, measureInTurn, speedOf, speedTable } from './speed.ts'

const usual = 'key check'
const late = 'key check, late ticks'
const tenured = 'key check, late ticks, V8 may tenure'

/**
 * Measures a server whose first ticks had to wait for several collections of the young generation, which happens by
 * chance. V8, left alone, then makes every tick an old object, and an old one keeps alive
 * what it refers to, its whole request, until the next full collection.
 */
export async function measureLateTicks(scale: Scale): Promise<Findings> {
  const how = [
    conditions(),
    howInTurn(scale),
    `Late ticks: a module before the server makes many that wait. The last server lacks ${noPretenuring}.`,
  ].join('\n')
  using usualFolder = await makeDataFolder(1)
  using lateFolder = await makeDataFolder(1)
  using tenuredFolder = await makeDataFolder(1)
  const preload = ['--import', pathOf('late-ticks-preload.ts')]
  const withoutFlag = serverFlags.filter((flag) => flag !== noPretenuring)
  await using usualServer = await startProduct(usualFolder)
  await using lateServer = await startProduct(lateFolder, [...serverFlags, ...preload])
  await using tenuredServer = await startProduct(tenuredFolder, [...withoutFlag, ...preload])
  const path = '/api/v1/stats'
  const works = [
    { name: usual, server: usualServer, path, apiKeys: usualFolder.apiKeys },
    { name: late, server: lateServer, path, apiKeys: lateFolder.apiKeys },
    { name: tenured, server: tenuredServer, path, apiKeys: tenuredFolder.apiKeys },
  ]
  const speeds = await measureInTurn(works, scale)
  const [usualCpu, lateCpu] = [usual, late].map((name) => speedOf(speeds, name)?.cpuMicroseconds)
  const moreCpu = ((lateCpu ?? Number.NaN) / (usualCpu ?? Number.NaN) - 1) * 100
  return {
    how,
    tables: [speedTable(speeds, usual)],
    targets: [target(`${late}: more CPU`, moreCpu, { atMost: 10 }, percent)],
  }
}
