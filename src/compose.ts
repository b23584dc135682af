import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { DestinationStream } from 'pino'
import { type ApiDoor, createApi } from '#api/app.ts'
import { createMemoryLimiter, noLimits } from '#api/memory-limiter.ts'
import { operator } from '#auth/audit.ts'
import type { Auth } from '#auth/auth.ts'
import type { Clock } from '#auth/clock.ts'
import { createAuth } from '#auth/create-auth.ts'
import { createPasswordHasher, type PasswordHasher } from '#auth/password-hasher.ts'
import type { Random } from '#auth/random.ts'
import { Refusal } from '#auth/refusal.ts'
import { makeSecretsText, parseSecrets, type Secrets } from '#auth/secrets.ts'
import { openDataset } from '#dataset/dataset.ts'
import { type ControlCommand, ControlFailed, controlSocketName, openControl } from '#ops/control.ts'
import { createHealth } from '#ops/health.ts'
import { type Log, type Logs, openLogs } from '#ops/log.ts'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { openSecretsFile } from '#store/secrets-file.ts'
import type { Store } from '#store/store.ts'
import { type Config, ConfigError } from './config.ts'

/** What the product takes from the world, where it is not the usual. */
export interface Outside {
  clock?: Clock
  random?: Random
  /** Where log lines go instead of standard output. */
  logDestination?: DestinationStream
  /** Where `password-worker` stands as a file of its own; a bundle has it beside its entry. */
  passwordWorkerUrl?: URL
  /** bcrypt cost, the default of `createPasswordHasher` where it is not said. */
  passwordCost?: number
}

/** The running product. */
export interface Barbell {
  readonly config: Config
  readonly auth: Auth
  readonly api: ApiDoor
  readonly log: Log
  /** From here on every new request is refused, and readiness says so. */
  startDraining(): void
  /** Makes everything durable and lets go of it. */
  close(): Promise<void>
}

/** What everything is built on. */
interface Ground {
  config: Config
  clock: Clock
  random: Random
  log: Log
  /** Undoes what was opened, last first. */
  undo: AsyncDisposableStack
}

const sweepEveryMs = 60 * 60 * 1000 // an hour

/**
 * Builds everything and hands it to each other.
 * @throws {ConfigError} for a setting that this version cannot have
 * @throws {StoreRefused | SecretsRefused} when the data folder cannot be used; the message says why
 */
export async function compose(config: Config, outside: Outside = {}): Promise<Barbell> {
  if (config.databaseUrl !== undefined) {
    throw new ConfigError([
      'DATABASE_URL is set, and this version keeps everything in a file: unset it.',
    ])
  }
  const logs = openLogs({
    level: config.logLevel,
    ...(outside.logDestination && { destination: outside.logDestination }),
  })
  await using undo = new AsyncDisposableStack()
  undo.defer(() => logs.flush())
  const ground: Ground = {
    config,
    clock: outside.clock ?? { nowMs: () => Date.now() },
    random: outside.random ?? { bytes: (count) => randomBytes(count) },
    log: logs.log,
    undo,
  }
  const barbell = await build(ground, logs.access, outside)
  const opened = undo.move() // all is well: what was opened stays open until `close`
  return { ...barbell, close: () => opened.disposeAsync() }
}

async function build(
  ground: Ground,
  logAccess: Logs['access'],
  outside: Outside,
): Promise<Omit<Barbell, 'close'>> {
  const { config, clock, log, undo } = ground
  const store = await openStore(ground)
  const limiter = config.limits === 'off' ? noLimits : createMemoryLimiter(config.limits)
  const auth = await createAuth({
    ...ground,
    store,
    limiter,
    secrets: await openSecrets(ground),
    hasher: startHasher(ground, outside),
    settings: { issuer: config.origin, audience: config.origin },
  })
  undo.defer(startSweeping(store, ground))
  await takeCommands(auth, ground)
  const health = createHealth({ ping: () => store.ping(), clock })
  const startedAtMs = clock.nowMs()
  const uptimeSeconds = (): number => (clock.nowMs() - startedAtMs) / 1000
  const dataset = openDataset()
  const services = { config, auth, dataset, limiter, clock, health, log, logAccess, uptimeSeconds }
  return {
    config,
    auth,
    api: createApi(services),
    log,
    startDraining: () => health.startDraining(),
  }
}

async function openStore({ config, clock, undo }: Ground): Promise<Store> {
  const store = await openLowdbStore({ directory: config.dataDir, clock })
  undo.defer(() => store.close())
  return store
}

async function openSecrets({ config, random }: Ground): Promise<Secrets> {
  const make = (): string => makeSecretsText(random)
  return parseSecrets(await openSecretsFile({ directory: config.dataDir, make }))
}

function startHasher(
  { undo }: Ground,
  { passwordWorkerUrl, passwordCost }: Outside,
): PasswordHasher {
  const hasher = createPasswordHasher({
    workerUrl: passwordWorkerUrl ?? new URL('auth/password-worker.ts', import.meta.url),
    threads: Math.max(1, availableParallelism() - 1),
    ...(passwordCost !== undefined && { cost: passwordCost }),
  })
  undo.defer(() => hasher.close())
  return hasher
}

/**
 * Lets `npm run barbell` reach this process, which has the store to itself. The server does without where a
 * folder can hold no socket.
 */
async function takeCommands(auth: Auth, { config, log, undo }: Ground): Promise<void> {
  const commands = {
    'signing-key rotate': logged('signing-key rotate', () => auth.rotateSigningKey(operator), log),
    'signing-key drop': logged('signing-key drop', () => auth.dropSigningKeys(operator), log),
  }
  try {
    undo.defer(await openControl(join(config.dataDir, controlSocketName), commands))
  } catch (error) {
    if (!(error instanceof ControlFailed)) throw error
    log.warn({ reason: error.message }, 'no commands are taken while this server runs')
  }
}

function logged(name: string, run: () => Promise<{ keyId: string }>, log: Log): ControlCommand {
  return async () => {
    try {
      const result = await run()
      log.info({ command: name, ...result }, 'a command was done')
      return result
    } catch (error) {
      // To the operator goes what the audit log would get, not the word that callers are refused with.
      const reason = error instanceof Refusal ? (error.facts.because ?? error.code) : String(error)
      log.error({ command: name, reason }, 'a command failed')
      throw new Error(reason, { cause: error })
    }
  }
}

/** Removes what has ended, at once and every hour. @returns stops it */
function startSweeping(store: Store, { clock, log }: Ground): () => void {
  const sweep = (): void => {
    store.deleteExpired(clock.nowMs()).then(
      (swept) => log.debug({ ...swept }, 'swept'),
      (error: unknown) => log.error({ reason: String(error) }, 'the sweep failed'),
    )
  }
  sweep()
  const timer = setInterval(sweep, sweepEveryMs).unref()
  return () => clearInterval(timer)
}
