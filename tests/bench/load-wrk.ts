import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pathOf } from './bench-process.ts'
import type { Load, LoadCount } from './load.ts'

/** What wrk.lua prints last. */
interface WrkReport {
  answered: number
  failed: number
  microseconds: number
  p99Microseconds: number
}

/** Whether there is a wrk. */
export function isWrkInstalled(): boolean {
  return spawnSync('wrk', ['--version'], { stdio: 'ignore' }).error === undefined
}

/** Load from wrk, a program of the system, in one thread. */
export async function loadWithWrk(load: Load): Promise<LoadCount> {
  const folder = mkdtempSync(join(tmpdir(), 'barbell-wrk-'))
  try {
    const keyFile = join(folder, 'keys') // a command line has no room for 10,000
    writeFileSync(keyFile, (load.apiKeys ?? []).join('\n'))
    const { stdout } = await promisify(execFile)('wrk', argumentsFor(load, keyFile))
    return countOf(stdout)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function argumentsFor(load: Load, keyFile: string): string[] {
  const { url, headers = {}, connections, seconds } = load
  return [
    ...['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
    ...['--script', pathOf('wrk.lua')],
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ...[url, '--', keyFile],
  ]
}

function countOf(stdout: string): LoadCount {
  const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as WrkReport
  return {
    answered: report.answered,
    failed: report.failed,
    seconds: report.microseconds / 1e6,
    p99Ms: report.p99Microseconds / 1000,
  }
}
