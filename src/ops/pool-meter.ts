import type { EventEmitter } from 'node:events'
import type { Meters } from './meters.ts'

/** What a pool of `pg` tells of itself. */
interface Pool extends Pick<EventEmitter, 'on'> {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
}

/** Measures how long each of a pool's connections is in use, and lets the pool be asked how many there are. */
export function watchPool(pool: Pool, meters: Meters): void {
  const since = new WeakMap<object, number>()
  pool.on('acquire', (client: object) => since.set(client, performance.now()))
  pool.on('release', (_error: unknown, client: object) => {
    const startedAt = since.get(client)
    if (startedAt !== undefined) meters.countStoreWork('query', performance.now() - startedAt)
  })
  meters.pool = () => {
    const { totalCount, idleCount, waitingCount } = pool
    return { open: totalCount, idle: idleCount, waiting: waitingCount }
  }
}
