import { randomBytes } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { operator } from '#auth/audit.ts'
import { parseSecrets } from '#auth/secrets.ts'
import { openSigningKeys, type SigningKeys } from '#auth/signing-keys.ts'
import { askControl, type ControlCommandName, controlSocketName } from '#ops/control.ts'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { openSecretsFile } from '#store/secrets-file.ts'
import { type Command, CommandFailed, NotUnderstood } from './command.ts'

/** What can be done with the key that tokens are signed with. */
interface Action {
  command: ControlCommandName
  /** The same without a server. */
  apply: (keys: SigningKeys) => Promise<{ keyId: string }>
  /** What has happened then. */
  outcome: string
}

const actions: Readonly<Record<string, Action>> = {
  rotate: {
    command: 'signing-key rotate',
    apply: (keys) => keys.rotate(operator),
    outcome: 'Tokens of the key before it are good until they end, in half an hour at the latest.',
  },
  drop: {
    command: 'signing-key drop',
    apply: (keys) => keys.drop(operator),
    outcome: 'Every token made until now is refused, and everybody has to sign in again.',
  },
}

/** `signing-key rotate|drop`: by the running server if there is one, else on its data folder. */
export const signingKey: Command = {
  usage: [
    'signing-key rotate   signs with a new key; tokens of the old one are good until they end',
    'signing-key drop     refuses every token at once and signs with a new key: for a key that leaked',
  ],
  async run(args, readConfig) {
    const [name = '', ...rest] = args
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (action === undefined || rest.length > 0) {
      throw new NotUnderstood(['signing-key', ...args].join(' '))
    }
    const { dataDir } = readConfig()
    await refuseWithoutStore(dataDir)
    const keyId =
      (await byServer(dataDir, action.command)) ?? (await onFolder(dataDir, action.apply)).keyId
    return `New tokens are signed with the key ${keyId}.\n${action.outcome}`
  },
}

/** A wrong folder is told, not filled with a new store. */
async function refuseWithoutStore(dataDir: string): Promise<void> {
  for (const file of ['barbell.json', 'secrets.json']) {
    await access(join(dataDir, file)).catch((error: unknown) => {
      throw new CommandFailed(
        `${dataDir} is no data folder of a server (${file} cannot be opened): set BARBELL_DATA_DIR. Nothing was changed.`,
        { cause: error },
      )
    })
  }
}

/** @returns the new key's id, or null where no server runs */
async function byServer(dataDir: string, command: ControlCommandName): Promise<string | null> {
  const answer = await askControl(join(dataDir, controlSocketName), command)
  if (answer === null) return null
  if (!answer.ok) throw new CommandFailed(`The server could not do it: ${answer.reason}`)
  return answer.result['keyId'] ?? ''
}

async function onFolder(
  directory: string,
  apply: (keys: SigningKeys) => Promise<{ keyId: string }>,
): Promise<{ keyId: string }> {
  const clock = { nowMs: () => Date.now() }
  const random = { bytes: (count: number) => randomBytes(count) }
  await using undo = new AsyncDisposableStack()
  const store = await openLowdbStore({ directory, clock })
  undo.defer(() => store.close())
  const secrets = parseSecrets(await openSecretsFile({ directory, make: noSecrets }))
  return await apply(await openSigningKeys({ store, clock, random, secrets }))
}

function noSecrets(): never {
  throw new CommandFailed('secrets.json is gone: restore it from a backup. Nothing was changed.')
}
