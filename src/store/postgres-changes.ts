import { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'pg'
import { changeRows, createPostgresClient, type Queryable } from './postgres-pool.ts'

/** What changed: an account with everything of its, or more than can be named. */
export type Change = { accountId: string } | 'everything'

const channel = 'barbell_changes'
const everything = '*' // no account's id: those are base62
const retryMs = 1000
const heartbeatMs = 5000
const silenceMs = 2000

/** Tells every node of a change, once the transaction is committed that this is said in. */
export async function announce(on: Queryable, change: Change): Promise<void> {
  const payload = change === 'everything' ? everything : change.accountId
  await changeRows(on, 'SELECT pg_notify($1, $2)', [channel, payload])
}

/** Who wants to know. */
export interface ChangeListener {
  onChange(change: Change): void
  /** From now on no change is missed (true), or changes may be missed (false). */
  onListening(listens: boolean): void
}

/**
 * Listens for changes by every node, this one included, on a connection of its own. It asks the server every 5 s
 * whether it is still there, and connects again when it is not, for as long as it is not closed.
 */
export class ChangeFeed {
  readonly #url: string
  readonly #listener: ChangeListener
  readonly #closing = new AbortController()
  readonly #runs: Promise<void>

  constructor(url: string, listener: ChangeListener) {
    this.#url = url
    this.#listener = listener
    this.#runs = this.#run()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#runs
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      await this.#listen().catch(() => undefined) // the pool meets the same database, and callers are told there
      await delay(retryMs, undefined, { signal }).catch(() => undefined) // closed
    }
  }

  /** Resolves or rejects when the connection is gone. */
  async #listen(): Promise<void> {
    const socket = new Socket()
    const client = createPostgresClient(this.#url, {
      query_timeout: silenceMs,
      stream: () => socket,
    })
    const { signal } = this.#closing
    const broken = new AbortController()
    client.on('error', () => broken.abort())
    client.on('end', () => broken.abort())
    client.on('notification', ({ payload }) => this.#listener.onChange(changeOf(payload)))
    try {
      await client.connect()
      await client.query(`LISTEN ${channel}`)
      this.#listener.onListening(true)
      await keepAsking(client, AbortSignal.any([signal, broken.signal]))
    } finally {
      this.#listener.onListening(false)
      client.end().catch(() => undefined) // a server that is silent never answers that
      socket.destroySoon()
    }
  }
}

/** A connection that was dropped without a word is only noticed by asking. */
async function keepAsking(client: Client, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    await client.query('SELECT 1')
    await delay(heartbeatMs, undefined, { signal: ending }).catch(() => undefined) // ends the loop
  }
}

function changeOf(payload: string | undefined): Change {
  return payload === undefined || payload === everything ? 'everything' : { accountId: payload }
}
