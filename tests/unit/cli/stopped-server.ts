import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { compose } from '../../../src/compose.ts'
import { readConfig } from '../../../src/config.ts'

/** A folder that goes with the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-cli-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

/** The data folder of a server that has stopped, with the account of a reader in it. */
export async function stoppedServer(): Promise<{
  directory: string
  env: Record<string, string>
  reader: { username: string; password: string; accountId: string; apiKey: string }
}> {
  const directory = await temporaryDirectory()
  const env = { BARBELL_DATA_DIR: directory, LOG_LEVEL: 'silent' }
  const server = await compose(readConfig(env), { passwordCost: 4 })
  const caller = { address: '192.0.2.1', requestId: 'test' }
  const input = { username: 'ada', password: 'a quiet frozen lake' }
  const { id: accountId } = await server.auth.register(input, caller)
  const { apiKey } = await server.auth.issueApiKey(accountId, {}, caller)
  await server.close()
  return { directory, env, reader: { ...input, accountId, apiKey } }
}
