import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startBuiltServer } from '../support/built-server.ts'

/** What is under test. */
export interface Target {
  /** Public origin, without a slash at its end. */
  url: string
  /** Standard output of the server, where this run started it; undefined for a deployment. */
  logFile?: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    target: Target
  }
}

/** The deployment to test. Without it the built server is started. */
export const urlVariable = 'BARBELL_CONFORMANCE_URL'

/** Finds or starts what is tested. A server of its own has to end cleanly, too. */
export default async function startTarget({
  provide,
}: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env[urlVariable]
  if (given !== undefined) {
    provide('target', { url: new URL(given).origin })
    return undefined
  }
  const folder = mkdtempSync(join(tmpdir(), 'barbell-conformance-'))
  const logFile = join(folder, 'server.log')
  const server = await startBuiltServer({ LOG_LEVEL: 'info' }, { logFile })
  provide('target', { url: server.url, logFile })
  return async () => {
    const code = await server.stop()
    rmSync(folder, { recursive: true, force: true })
    if (code !== 0) throw new Error(`SIGTERM ended the server with ${String(code)}, not with 0`)
  }
}
