/** Why the server takes no requests now. */
export type Unready = 'draining' | 'store_unavailable'

/** Whether this process can do its work. */
export interface Health {
  isDraining(): boolean
  startDraining(): void
  /** Asks the store, at most once in `pingKeptMs`. @returns null while ready */
  unreadyBecause(): Promise<Unready | null>
}

const pingKeptMs = 1000 // readiness is open to everybody: nobody may make the store work with it
const pingLimitMs = 2000

/** @param outside.ping resolves while the store can be used */
export function createHealth(outside: {
  ping: () => Promise<void>
  clock: { nowMs(): number }
}): Health {
  let draining = false
  let asked: { atMs: number; answer: Promise<boolean> } | undefined

  function storeAnswers(): Promise<boolean> {
    const nowMs = outside.clock.nowMs()
    if (asked === undefined || nowMs - asked.atMs >= pingKeptMs) {
      asked = { atMs: nowMs, answer: within(pingLimitMs, outside.ping) }
    }
    return asked.answer
  }

  return {
    isDraining: () => draining,
    startDraining() {
      draining = true
    },
    async unreadyBecause() {
      if (draining) return 'draining'
      return (await storeAnswers()) ? null : 'store_unavailable'
    },
  }
}

async function within(limitMs: number, ping: () => Promise<void>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => late.resolve(false), limitMs)
  try {
    return await Promise.race([ping().then(() => true), late.promise])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
