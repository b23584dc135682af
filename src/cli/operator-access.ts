import { randomBytes } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { createOperator } from '#auth/operator.ts'
import {
  type Given,
  type Operator,
  type OperatorActionName,
  operatorActions,
  type Result,
} from '#auth/operator-actions.ts'
import { createPasswordHasher } from '#auth/password-hasher.ts'
import { parseSecrets } from '#auth/secrets.ts'
import { openSigningKeys } from '#auth/signing-keys.ts'
import { askControl, controlSocketName } from '#ops/control.ts'
import { openStore } from '#store/open-store.ts'
import { openSecretsFile } from '#store/secrets-file.ts'
import type { Config } from '../config.ts'
import { CommandFailed } from './command-failed.ts'
import { refuseAsOtherUser } from './same-user.ts'

/** Has an action of the operator done, by whoever has the store. */
export type Ask = <Name extends OperatorActionName>(
  name: Name,
  given: Given<Name>,
) => Promise<Result<Name>>

/**
 * Lets `use` have actions done: by the running server where it has the store to itself, else on the store.
 * @throws {CommandFailed} if there is no store, or the server refuses
 */
export async function withOperator<R>(config: Config, use: (ask: Ask) => Promise<R>): Promise<R> {
  await refuseWithoutStore(config)
  await using undo = new AsyncDisposableStack()
  let own: Promise<Operator> | undefined
  return await use(async (name, given) => {
    const done = own === undefined ? await doneByServer(config, name, given) : null
    if (done !== null) return done
    own ??= openOperator(config, undo)
    return await (await own)[name](given)
  })
}

/** A wrong folder is told, not filled with a new store. */
export async function refuseWithoutStore({ dataDir, databaseUrl }: Config): Promise<void> {
  const files = databaseUrl === undefined ? ['barbell.json', 'secrets.json'] : ['secrets.json']
  for (const file of files) {
    await access(join(dataDir, file)).catch((error: unknown) => {
      throw new CommandFailed(
        `${dataDir} is no data folder of a server (${file} cannot be opened): set BARBELL_DATA_DIR. Nothing was changed.`,
        { cause: error },
      )
    })
  }
}

/** @returns null where no server has the store to itself */
async function doneByServer<Name extends OperatorActionName>(
  { dataDir, databaseUrl }: Config,
  command: Name,
  given: Given<Name>,
): Promise<Result<Name> | null> {
  if (databaseUrl !== undefined) return null
  const answer = await askControl(join(dataDir, controlSocketName), { command, given })
  if (answer === null) return null
  if (!answer.ok) throw new CommandFailed(answer.reason)
  const result = operatorActions[command].result.safeParse(answer.result)
  if (result.success) return result.data
  throw new CommandFailed(
    'The command was done, but the running server is another version and its answer is not understood: restart it.',
  )
}

async function openOperator(config: Config, undo: AsyncDisposableStack): Promise<Operator> {
  if (config.databaseUrl === undefined) await refuseAsOtherUser(config.dataDir)
  const clock = { nowMs: () => Date.now() }
  const random = { bytes: (count: number) => randomBytes(count) }
  const opened = await openStore({ ...config, clock })
  undo.defer(() => opened.close())
  const { store } = opened
  const secrets = parseSecrets(
    await openSecretsFile({ directory: config.dataDir, make: noSecrets }),
  )
  const signingKeys = await openSigningKeys({ store, clock, random, secrets })
  const workerUrl = new URL('../auth/password-worker.ts', import.meta.url)
  const hasher = createPasswordHasher({ workerUrl, threads: 1 })
  undo.defer(() => hasher.close())
  return createOperator({ store, clock, random, secrets, hasher, signingKeys })
}

function noSecrets(): never {
  throw new CommandFailed('secrets.json is gone: restore it from a backup. Nothing was changed.')
}
