import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Auth, Caller } from '#auth/auth.ts'
import type { Clock } from '#auth/clock.ts'
import { createAuth } from '#auth/create-auth.ts'
import type { Limiter } from '#auth/limiter.ts'
import { type LimitName, limits } from '#auth/limits.ts'
import { createPasswordHasher, type PasswordHasher } from '#auth/password-hasher.ts'
import type { Random } from '#auth/random.ts'
import { Refusal } from '#auth/refusal.ts'
import { makeSecretsText, parseSecrets, type Secrets } from '#auth/secrets.ts'
import { openLowdbStore } from '#store/lowdb-store.ts'
import type { PortableStore } from '#store/store.ts'

/** A clock that stands until it is moved. */
export interface StandingClock extends Clock {
  forward(by: { ms?: number; seconds?: number; hours?: number }): void
}

export function clockAt(time: string): StandingClock {
  let nowMs = Date.parse(time)
  return {
    nowMs: () => nowMs,
    forward({ ms = 0, seconds = 0, hours = 0 }) {
      nowMs += ms + seconds * 1000 + hours * 60 * 60 * 1000
    },
  }
}

export const systemRandom: Random = { bytes: (count) => randomBytes(count) }

/** Fixed windows in memory, on a clock of the test. */
export function windowLimiter(clock: Clock): Limiter {
  const windows = new Map<string, { used: number; endsAtMs: number }>()

  function decide(name: LimitName, key: string, cost: number) {
    const { limit, windowSeconds } = limits[name]
    const id = `${name} ${key}`
    const known = windows.get(id)
    const nowMs = clock.nowMs()
    const fresh = { used: 0, endsAtMs: nowMs + windowSeconds * 1000 }
    const window = known !== undefined && nowMs < known.endsAtMs ? known : fresh
    const allowed = window.used + 1 <= limit
    window.used += cost
    windows.set(id, window)
    const retryAfterSeconds = Math.ceil((window.endsAtMs - nowMs) / 1000)
    const remaining = Math.max(0, limit - window.used)
    return Promise.resolve({ name, limit, windowSeconds, retryAfterSeconds, remaining, allowed })
  }

  return {
    consume: (name, key) => decide(name, key, 1),
    peek: (name, key) => decide(name, key, 0),
    reset(name, key) {
      windows.delete(`${name} ${key}`)
      return Promise.resolve()
    },
  }
}

/** A hasher with the lowest cost that bcrypt has; ends with the test. */
export function quickHasher(options: { maxQueue?: number; cost?: number } = {}): PasswordHasher {
  const hasher = createPasswordHasher({
    workerUrl: new URL('../../../src/auth/password-worker.ts', import.meta.url),
    threads: 1,
    maxQueue: 1000,
    cost: 4,
    ...options,
  })
  onTestFinished(() => hasher.close())
  return hasher
}

/** Counts what reaches the hash. */
export function countingHasher(hasher: PasswordHasher): PasswordHasher & { compared: number } {
  const counting = {
    cost: hasher.cost,
    compared: 0,
    hash: (text: string) => hasher.hash(text),
    matches(text: string, hash: string) {
      counting.compared += 1
      return hasher.matches(text, hash)
    },
    close: () => hasher.close(),
  }
  return counting
}

/** A store in a directory of its own; both end with the test. */
export async function temporaryStore(
  clock: Clock,
): Promise<{ store: PortableStore; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-auth-'))
  const store = await openLowdbStore({ directory, clock })
  onTestFinished(async () => {
    await store.close()
    await rm(directory, { recursive: true })
  })
  return { store, directory }
}

export interface StartedAuth {
  auth: Auth
  store: PortableStore
  directory: string
  clock: StandingClock
  secrets: Secrets
}

/** The whole domain on a store of its own, at noon of 1 March 2026. */
export async function startAuth(
  given: { hasher?: PasswordHasher; limiter?: Limiter } = {},
): Promise<StartedAuth> {
  const clock = clockAt('2026-03-01T12:00:00Z')
  const { store, directory } = await temporaryStore(clock)
  const secrets = parseSecrets(makeSecretsText(systemRandom))
  const auth = await createAuth({
    store,
    clock,
    secrets,
    random: systemRandom,
    limiter: given.limiter ?? windowLimiter(clock),
    hasher: given.hasher ?? quickHasher(),
    settings: testSettings,
  })
  return { auth, store, directory, clock, secrets }
}

export const testSettings = { issuer: 'https://docs.example', audience: 'https://docs.example/api' }

let requests = 0

export function callerFrom(address: string): Caller {
  requests += 1
  return { address, requestId: `request-${requests}`, userAgent: 'vitest' }
}

export const password = 'a violet barbell sings'

/** What a promise is refused with; anything else fails the test. */
export async function refusalOf(answer: unknown): Promise<Refusal> {
  const outcome = await Promise.resolve(answer).then(
    () => 'not refused',
    (error: unknown) => error,
  )
  if (outcome instanceof Refusal) return outcome
  throw outcome instanceof Error ? outcome : new Error(String(outcome))
}
