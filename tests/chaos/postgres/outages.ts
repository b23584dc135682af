import { Client } from 'pg'
import type { TestPostgres } from '../../support/postgres.ts'

/** What is taken away. */
export interface Database {
  server: TestPostgres
  url: string
}

/** A way in which a database goes away and comes back. */
export interface Outage {
  name: string
  /** Whether nothing can be read from it either. */
  isTotal: boolean
  /** @returns brings it back */
  begin: (database: Database) => Promise<() => void | Promise<void>>
}

/** Every way that is tried. */
export const outages: readonly Outage[] = [
  {
    name: 'stopped in good order',
    isTotal: true,
    async begin({ server }) {
      await server.stop('fast')
      return () => server.start()
    },
  },
  {
    name: 'stopped at once',
    isTotal: true,
    async begin({ server }) {
      await server.stop('immediate')
      return () => server.start()
    },
  },
  {
    name: 'killed',
    isTotal: true,
    async begin({ server }) {
      await server.kill()
      return () => server.start()
    },
  },
  {
    name: 'paused',
    isTotal: true,
    begin({ server }) {
      server.pause()
      return Promise.resolve(() => server.resume())
    },
  },
  {
    name: 'restarted',
    isTotal: false,
    async begin({ server }) {
      await server.stop('fast')
      await server.start()
      return () => undefined
    },
  },
  {
    // What a pool that is used up and a disk that is slow look like: every statement waits.
    name: 'locked',
    isTotal: true,
    async begin({ url }) {
      const client = await connected(url)
      const tables = ['accounts', 'keys', 'sessions', 'limit_counts']
      const names = tables.map((table) => `barbell.${table}`).join(', ')
      await client.query(`BEGIN; LOCK TABLE ${names} IN ACCESS EXCLUSIVE MODE`)
      return () => client.end()
    },
  },
  {
    // As after a failover to a replica that was not promoted.
    name: 'read only',
    isTotal: false,
    async begin({ url }) {
      await setReadOnly(url, 'on')
      return () => setReadOnly(url, 'off')
    },
  },
]

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
}

async function setReadOnly(url: string, value: 'on' | 'off'): Promise<void> {
  const client = await connected(url)
  await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`)
  await client.query('SELECT pg_reload_conf()')
  await client.end()
}
