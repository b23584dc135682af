import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { DestinationStream } from 'pino'
import { type ApiDoor, createApi } from '#api/app.ts'
import { createMemoryLimiter, noLimits } from '#api/memory-limiter.ts'
import type { Auth, Caller } from '#auth/auth.ts'
import type { Clock } from '#auth/clock.ts'
import { createAuth } from '#auth/create-auth.ts'
import type { LimitDecision, Limiter } from '#auth/limiter.ts'
import { createOperator } from '#auth/operator.ts'
import {
  type Operator,
  type OperatorActionName,
  operatorActionNames,
  operatorActions,
  OperatorRefused,
} from '#auth/operator-actions.ts'
import { createPasswordHasher, type PasswordHasher } from '#auth/password-hasher.ts'
import type { Random } from '#auth/random.ts'
import { Refusal } from '#auth/refusal.ts'
import { makeSecretsText, parseSecrets, type Secrets } from '#auth/secrets.ts'
import { UsageCounter } from '#auth/usage.ts'
import { openDataset } from '#dataset/dataset.ts'
import {
  type ControlCommand,
  controlCommand,
  ControlFailed,
  controlSocketName,
  openControl,
} from '#ops/control.ts'
import { createHealth } from '#ops/health.ts'
import { type AccessLine, type Log, openLogs } from '#ops/log.ts'
import { Meters } from '#ops/meters.ts'
import { watchPool } from '#ops/pool-meter.ts'
import { startRing } from '#store/backup-ring.ts'
import { lowdbCeilingAccounts } from '#store/lowdb-store.ts'
import { type OpenedStore, openStore } from '#store/open-store.ts'
import { openPostgresLimiter } from '#store/postgres-limiter.ts'
import { openSecretsFile } from '#store/secrets-file.ts'
import type { Store, Swept } from '#store/store.ts'
import type { Config } from './config.ts'

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
  /** Tells of one request, in the log and in the meters. */
  readonly logAccess: (line: AccessLine) => void
  readonly meters: Meters
  /** How often accounts call. */
  readonly usage: UsageCounter
  /** From here on every new request is refused, and readiness says so. */
  startDraining(): void
  isDraining(): boolean
  /** Makes everything durable and lets go of it. */
  close(): Promise<void>
}

/** What everything is built on. */
interface Ground {
  config: Config
  clock: Clock
  random: Random
  log: Log
  meters: Meters
  /** Undoes what was opened, last first. */
  undo: AsyncDisposableStack
}

const sweepEveryMs = 60 * 60 * 1000 // an hour

/**
 * Builds everything and hands it to each other.
 * @throws {StoreRefused | SecretsRefused} when data folder or database cannot be used; the message says why
 */
export async function compose(config: Config, outside: Outside = {}): Promise<Barbell> {
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
    meters: new Meters({
      passwordThreads: Math.max(1, availableParallelism() - 1), // one core is left to answer
      nowMs: () => performance.now(),
    }),
    undo,
  }
  const logAccess = (line: AccessLine): void => {
    ground.meters.countAnswer(line)
    logs.access(line)
  }
  const barbell = await build(ground, logAccess, outside)
  const opened = undo.move() // all is well: what was opened stays open until `close`
  return { ...barbell, close: () => opened.disposeAsync() }
}

async function build(
  ground: Ground,
  logAccess: (line: AccessLine) => void,
  outside: Outside,
): Promise<Omit<Barbell, 'close'>> {
  const { config, clock, log, undo } = ground
  const { store, pool, usage: usageStore, accountCount } = await openStoreOf(ground)
  const usage = new UsageCounter({ store: usageStore, clock })
  undo.defer(() =>
    usage.close().catch((error: unknown) => {
      log.warn({ reason: messageOf(error) }, 'the calls of the last minute are not counted')
    }),
  )
  if (pool !== null) watchPool(pool, ground.meters)
  const limiter = await openLimiter(ground, pool)
  const secrets = await openSecrets(ground)
  const hasher = startHasher(ground, outside)
  const auth = await createAuth({
    ...ground,
    store,
    limiter,
    secrets,
    hasher,
    settings: { issuer: config.origin, audience: config.origin },
  })
  undo.defer(startSweeping({ store, usage }, ground))
  if (accountCount !== null) undo.defer(startBackups(accountCount, ground))
  const signingKeys = {
    rotate: (caller: Caller) => auth.rotateSigningKey(caller),
    drop: (caller: Caller) => auth.dropSigningKeys(caller),
  }
  await takeCommands(createOperator({ ...ground, store, secrets, hasher, signingKeys }), ground)
  const health = createHealth({ ping: () => store.ping(), clock })
  const startedAtMs = clock.nowMs()
  const uptimeSeconds = (): number => (clock.nowMs() - startedAtMs) / 1000
  const dataset = openDataset()
  const services = {
    config,
    auth,
    dataset,
    limiter,
    clock,
    health,
    log,
    logAccess,
    uptimeSeconds,
    countUse: usage.count.bind(usage),
  }
  return {
    config,
    auth,
    api: createApi(services),
    log,
    logAccess,
    meters: ground.meters,
    usage,
    startDraining: () => health.startDraining(),
    isDraining: () => health.isDraining(),
  }
}

async function openStoreOf(ground: Ground): Promise<OpenedStore> {
  const { config, clock, log, meters, undo } = ground
  const opened = await openStore({
    ...config,
    clock,
    onError: ({ message }) => log.warn({ reason: message }, 'a database connection broke'),
    onFlush: (ms) => meters.countStoreWork('flush', ms),
  })
  undo.defer(() => opened.close())
  return opened
}

/** Counts where the store is, so that nodes that share a database share their limits. */
async function openLimiter(
  { config, clock, meters, undo }: Ground,
  pool: OpenedStore['pool'],
): Promise<Limiter> {
  const rules = config.limits
  if (rules === 'off') return noLimits
  if (pool === null) return countRefusals(createMemoryLimiter(rules), meters)
  const limiter = await openPostgresLimiter({ pool, rules, clock })
  undo.defer(() => limiter.close())
  return countRefusals(limiter, meters)
}

async function openSecrets({ config, random }: Ground): Promise<Secrets> {
  const make = (): string => makeSecretsText(random)
  return parseSecrets(await openSecretsFile({ directory: config.dataDir, make }))
}

function startHasher(
  { meters, undo }: Ground,
  { passwordWorkerUrl, passwordCost }: Outside,
): PasswordHasher {
  const hasher = createPasswordHasher({
    workerUrl: passwordWorkerUrl ?? new URL('auth/password-worker.ts', import.meta.url),
    threads: meters.passwords.threads,
    ...(passwordCost !== undefined && { cost: passwordCost }),
  })
  undo.defer(() => hasher.close())
  return {
    ...hasher,
    hash: (text) => meters.passwords.run(() => hasher.hash(text)),
    matches: (text, hash) => meters.passwords.run(() => hasher.matches(text, hash)),
  }
}

/** The limiter, with all that it refuses counted. */
function countRefusals(limiter: Limiter, meters: Meters): Limiter {
  const count = (decision: LimitDecision): LimitDecision => {
    if (!decision.allowed) meters.countRefusal(decision.name)
    return decision
  }
  const seen = (decision: LimitDecision | Promise<LimitDecision>): typeof decision =>
    decision instanceof Promise ? decision.then(count) : count(decision)
  return {
    consume: (name, key, bearer) => seen(limiter.consume(name, key, bearer)),
    peek: (name, key) => seen(limiter.peek(name, key)),
    reset: (name, key) => limiter.reset(name, key),
  }
}

/**
 * Lets `npm run barbell` reach this process, which has the store to itself. The server does without where a
 * folder can hold no socket, and with PostgreSQL, which a command can open beside it.
 */
async function takeCommands(operator: Operator, { config, log, undo }: Ground): Promise<void> {
  if (config.databaseUrl !== undefined) return
  const commands = operatorActionNames.map(
    (name) => [name, offered(name, operator[name], log)] as const,
  )
  try {
    const path = join(config.dataDir, controlSocketName)
    undo.defer(await openControl(path, Object.fromEntries(commands)))
  } catch (error) {
    if (!(error instanceof ControlFailed)) throw error
    log.warn({ reason: error.message }, 'no commands are taken while this server runs')
  }
}

function offered<Name extends OperatorActionName>(
  name: Name,
  run: Operator[Name],
  log: Log,
): ControlCommand {
  return controlCommand(operatorActions[name].given, (given) => logged(name, () => run(given), log))
}

/** Of what a command was given and gives back, only ids go into the log: the rest may be a password. */
async function logged<R extends object>(
  command: string,
  run: () => Promise<R>,
  log: Log,
): Promise<R> {
  try {
    const result = await run()
    log.info({ command, ...idsOf(result) }, 'a command was done')
    return result
  } catch (error) {
    // To the operator goes what the audit log would get, not the word that callers are refused with.
    const reason = error instanceof Refusal ? (error.facts.because ?? error.code) : messageOf(error)
    const because = error instanceof OperatorRefused ? error.because : reason
    log.error({ command, reason: because }, 'a command failed')
    throw new Error(reason, { cause: error })
  }
}

function idsOf(result: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(result).filter(([name]) => name === 'accountId' || name === 'keyId'),
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Backs the records up every day, and says there, and at the start, if they outgrow a file. @returns ends it */
function startBackups(
  accountCount: () => number,
  { config, clock, log }: Ground,
): () => Promise<void> {
  warnIfLarge(accountCount(), log)
  return startRing({
    directory: config.dataDir,
    clock,
    tell(outcome) {
      if (outcome instanceof Error) log.error({ reason: outcome.message }, 'the backup failed')
      else log.info({ path: outcome.path }, 'backed up')
      warnIfLarge(accountCount(), log)
    },
  })
}

function warnIfLarge(accounts: number, log: Log): void {
  if (accounts <= lowdbCeilingAccounts) return
  log.warn({ accounts }, 'writes get slow with so many accounts: move to PostgreSQL')
}

/** Removes what has ended, at once and every hour. @returns stops it */
function startSweeping(
  { store, usage }: { store: Store; usage: UsageCounter },
  { clock, log }: Ground,
): () => void {
  const sweepAll = async (): Promise<Swept> => {
    const swept = await store.deleteExpired(clock.nowMs())
    await usage.sweep()
    return swept
  }
  const sweep = (): void => {
    sweepAll().then(
      (swept) => log.debug({ ...swept }, 'swept'),
      (error: unknown) => log.error({ reason: String(error) }, 'the sweep failed'),
    )
  }
  sweep()
  const timer = setInterval(sweep, sweepEveryMs).unref()
  return () => clearInterval(timer)
}
