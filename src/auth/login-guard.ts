import type { LimitDecision, Limiter } from './limiter.ts'
import { Refusal } from './refusal.ts'

/** Who tries to sign in, as far as counting goes. */
export interface LoginAttempt {
  /** Canonical name; an account need not exist. Empty for all names that nobody can have. */
  name: string
  address: string
}

/** Keeps guessing slow: per account, per address and over all. */
export interface LoginGuard {
  /**
   * Counts the attempt, then lets `check` compare the password. Counted first, because otherwise many
   * simultaneous attempts would all be compared before the first of them counts.
   * @returns what `check` found; `usedUp` if this wrong attempt was the account's last for now
   * @throws {Refusal} too_many_requests; the right password gets the same answer as a wrong one
   */
  attempt<T extends { right: boolean }>(
    who: LoginAttempt,
    check: () => Promise<T>,
  ): Promise<T & { usedUp: boolean }>
}

export function createLoginGuard(limiter: Limiter): LoginGuard {
  /** Attempts per name that are being compared; each tells whether the password was right. */
  const running = new Map<string, Set<Promise<boolean>>>()

  async function attempt<T extends { right: boolean }>(
    who: LoginAttempt,
    check: () => Promise<T>,
  ): Promise<T & { usedUp: boolean }> {
    // The address first: one that is out of attempts must not use up those of an account.
    refuseUnless(await limiter.consume('login_address', who.address))
    const place = await takePlace(who.name)
    let right = false
    try {
      refuseUnless(await limiter.consume('login_account_day', who.name))
      refuseUnless(await limiter.consume('login_global', 'all'))
      const found = await check()
      if (found.right) await forget(who.name)
      right = found.right
      return { ...found, usedUp: !right && place.isLast }
    } finally {
      place.leave(right)
    }
  }

  /**
   * One of the account's attempts. When none is left but some are being compared, it waits for them: if one
   * has the right password the count starts anew. So ten programs of one owner can start at once, and
   * still no more wrong passwords than the limit are ever compared.
   */
  async function takePlace(
    name: string,
  ): Promise<{ isLast: boolean; leave: (right: boolean) => void }> {
    for (;;) {
      const before = [...(running.get(name) ?? [])]
      const decision = await limiter.consume('login_account', name)
      if (decision.allowed) return { isLast: decision.remaining === 0, leave: enter(name) }
      const outcomes = await Promise.all([...before, ...(running.get(name) ?? [])])
      if (!outcomes.includes(true)) refuseUnless(decision)
    }
  }

  function enter(name: string): (right: boolean) => void {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const all = running.get(name) ?? new Set()
    running.set(name, all.add(promise))
    return (right) => {
      all.delete(promise)
      if (all.size === 0) running.delete(name)
      resolve(right)
    }
  }

  async function forget(name: string): Promise<void> {
    await limiter.reset('login_account', name)
    await limiter.reset('login_account_day', name)
  }

  return { attempt }
}

/** @throws {Refusal} too_many_requests, with how the limit stands */
export function refuseUnless(decision: LimitDecision): void {
  if (decision.allowed) return
  const { name, limit, remaining, windowSeconds, retryAfterSeconds } = decision
  throw new Refusal('too_many_requests', {
    because: name,
    limit: { name, limit, remaining, windowSeconds, retryAfterSeconds },
  })
}
