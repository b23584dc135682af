import { connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { DatabaseError, type Pool } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import {
  asStoreUnavailable,
  inTransaction,
  openPostgresPool,
  queryRows,
} from '#store/postgres-pool.ts'
import { StoreUnavailable } from '#store/store.ts'
import { freePort } from '../../support/free-port.ts'
import { startPostgres, type TestPostgres } from '../../support/postgres.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)

afterAll(() => postgres.close())

function openPool(url: string): Pool {
  const pool = openPostgresPool({ url, onError: () => undefined })
  onTestFinished(() => pool.end())
  return pool
}

function databaseError(code: string): DatabaseError {
  return Object.assign(new DatabaseError('the message', 1, 'error'), {
    code,
    detail: 'Key (digest)=(canary) exists.',
  })
}

test.each(['08006', '25006', '28P01', '3D000', '40P01', '53300', '55P03', '57014', '57P01'])(
  'F9: SQLSTATE %s says that the database cannot be used now',
  (code) => {
    const error = asStoreUnavailable(databaseError(code))
    expect(error).toBeInstanceOf(StoreUnavailable)
    expect(String(error)).toContain('the message')
    expect(String(error)).not.toContain('canary')
  },
)

test.each(['23505', '22P02', '42601', '42P01'])('SQLSTATE %s is a mistake of ours', (code) => {
  const error = databaseError(code)
  expect(asStoreUnavailable(error)).toBe(error)
})

test('F9: an error of every address of a host tells its code, having no message', () => {
  const refused = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' })
  expect(String(asStoreUnavailable(refused))).toContain('ECONNREFUSED')
  const mistake = new TypeError('x is not a function')
  expect(asStoreUnavailable(mistake)).toBe(mistake)
})

test('a transaction that throws leaves nothing, and its connection is used again', async () => {
  const pool = openPool(await postgres.createDatabase())
  await pool.query('CREATE TABLE plates (kg int)')
  const failing = inTransaction(pool, async (client) => {
    await client.query('INSERT INTO plates VALUES (20)')
    throw new RangeError('too heavy')
  })
  await expect(failing).rejects.toThrow(RangeError)
  expect(await queryRows(pool, 'SELECT * FROM plates')).toEqual([])
  expect(pool.totalCount).toBe(1)
})

test('K14: of two transactions that wait for each other both are stored', async () => {
  const pool = openPool(await postgres.createDatabase())
  await pool.query(
    'CREATE TABLE plates (kg int, count int); INSERT INTO plates VALUES (10, 0), (20, 0)',
  )
  const met = Promise.withResolvers<undefined>()
  let arrived = 0
  const add = (first: number, second: number) =>
    inTransaction(pool, async (client) => {
      const text = 'UPDATE plates SET count = count + 1 WHERE kg = $1'
      await client.query(text, [first])
      arrived += 1
      if (arrived === 2) met.resolve(undefined)
      await met.promise
      await client.query(text, [second])
    })
  await Promise.all([add(10, 20), add(20, 10)])

  expect(arrived).toBe(3) // one of them twice
  expect(await queryRows(pool, 'SELECT count FROM plates')).toEqual([{ count: 2 }, { count: 2 }])
})

/** A message of PostgreSQL's protocol. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), length, body])
}

test('F9: a connection that breaks with its very first answer is a failed call and nothing more', async () => {
  const greeting = Buffer.concat([
    message('R', Buffer.alloc(4)), // the password is right
    message('Z', Buffer.from('I')), // ready for the first statement
    message('E', Buffer.from('SFATAL\0C57P01\0Mthe database ends\0\0')),
  ])
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(greeting))
  })
  const port = await freePort()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const pool = openPool(`postgres://barbell@127.0.0.1:${port}/test`)

  const call = inTransaction(pool, (client) => client.query('SELECT 1'))
  await expect(call).rejects.toThrow(StoreUnavailable)
  await expect(queryRows(pool, 'SELECT 1')).rejects.toThrow(StoreUnavailable)
})

/** A way to the database on which connections can be dropped without a word, as a router does that is switched off. */
async function proxied(url: string) {
  const target = Number(new URL(url).port)
  const sockets = new Set<Socket>()
  const server: Server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined))
    near.pipe(far).pipe(near)
  })
  const port = await freePort()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const through = new URL(url)
  through.port = String(port)
  return {
    url: through.href,
    dropSilently() {
      for (const socket of sockets) socket.unpipe().pause()
    },
  }
}

test('F9: of connections that were dropped without a word none is left after 10 s, one call at a time', async () => {
  const way = await proxied(await postgres.createDatabase())
  const pool = openPool(way.url)
  await Promise.all(Array.from({ length: 10 }, () => pool.query('SELECT pg_sleep(0.2)')))
  expect(pool.totalCount).toBe(10)
  way.dropSilently()

  const startedMs = performance.now()
  let isBack = false
  while (!isBack && performance.now() - startedMs < 20_000) {
    const callMs = performance.now()
    isBack = await queryRows(pool, 'SELECT 1').then(
      () => true,
      () => false,
    )
    expect(performance.now() - callMs).toBeLessThan(4000)
    await delay(10)
  }
  expect(performance.now() - startedMs).toBeLessThan(10_000)
}, 30_000)
