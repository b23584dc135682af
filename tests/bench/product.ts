import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { limits } from '#auth/limits.ts'
import { serverFlags } from '../../src/build/server-flags.mjs'
import { freePort } from '../support/free-port.ts'
import { type BenchServer, pathOf, running } from './bench-process.ts'
import type { DataFolder } from './data-folder.ts'

/** Every limit is in force, counts, and is never reached. */
const unreachedLimits = Object.entries(limits)
  .map(([name, { windowSeconds }]) => `${name}=1000000000/${windowSeconds}`)
  .join(',')

/**
 * The built server as operated: limits in force, metrics offered, and a line per request in a log file.
 * @param flags of Node, by default those of a server in operation
 */
export async function startProduct(
  { directory }: DataFolder,
  flags: readonly string[] = serverFlags,
): Promise<BenchServer> {
  const [port, metricsPort] = [await freePort(), await freePort()]
  const log = openSync(join(directory, 'log.jsonl'), 'a')
  const server = spawn(process.execPath, [...flags, pathOf('../../dist/server/entry.mjs')], {
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      BARBELL_URL: `http://localhost:${port}`,
      BARBELL_DATA_DIR: directory,
      BARBELL_LIMITS: unreachedLimits,
      BARBELL_METRICS_PORT: String(metricsPort),
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', log, 'inherit'],
  })
  closeSync(log) // the server has its own
  return await running(server, port)
}
