import type { BenchServer } from './bench-process.ts'
import { makeDataFolder } from './data-folder.ts'
import { conditions, type Findings, target } from './findings.ts'
import {
  type KeyCheckPeer,
  type MissingPeer,
  startBare,
  startBetterAuth,
  startFastApi,
} from './peers.ts'
import { startProduct } from './product.ts'
import { openSandboxAccount, takeToken } from './sandbox.ts'
import type { Scale } from './scale.ts'
import { howInTurn, measureInTurn, ratioOf, speedTable, type Work } from './speed.ts'

const hono = 'bare @hono/node-server'
const betterAuth = 'better-auth, API key check'
const fastApi = 'FastAPI, API key check'
const keyCheck = 'GET /api/v1/stats with a key'
const path = '/api/v1/stats'

const times = (value: number): string => `${value.toFixed(2)} times`

interface NamedPeer {
  name: string
  peer: KeyCheckPeer | MissingPeer
}

/** Measures what a call with a credential costs beside bare servers and beside others that check one. */
export async function measureKeys(scale: Scale): Promise<Findings> {
  const busy = conditions()
  await using started = new AsyncDisposableStack()
  const bare = [
    { name: 'bare node:http', server: started.use(await startBare('node-http')), path: '/' },
    { name: hono, server: started.use(await startBare('hono')), path: '/' },
  ]
  const peers = await startPeers(scale, started)
  using folder = await makeDataFolder()
  await using product = await startProduct(folder)
  const works = [...bare, ...peers.flatMap(worksOf), ...(await ownWorks(product))]
  const speeds = await measureInTurn(works, scale)
  const beside = (other: string): number | undefined => ratioOf(speeds, keyCheck, other)
  const notes = peers.flatMap(({ name, peer }) => ('missing' in peer ? [{ name, ...peer }] : []))
  return {
    how: [busy, howInTurn(scale), describePeers(peers)].join('\n'),
    tables: [speedTable(speeds, hono, notes)],
    targets: [
      target(`key check beside ${hono}`, beside(hono), { atLeast: 0.6 }),
      target('key check beside better-auth', beside(betterAuth), { atLeast: 3 }, times),
      target('key check beside FastAPI', beside(fastApi), { atLeast: 3 }, times),
    ],
  }
}

async function startPeers(scale: Scale, started: AsyncDisposableStack): Promise<NamedPeer[]> {
  const peers: NamedPeer[] = []
  for (const [name, start] of [
    [betterAuth, startBetterAuth],
    [fastApi, startFastApi],
  ] as const) {
    const peer = await start(scale)
    if ('server' in peer) started.use(peer.server)
    peers.push({ name, peer })
  }
  return peers
}

/** What a reader must know to judge the comparison. */
function describePeers(peers: readonly NamedPeer[]): string {
  const abouts = peers.flatMap(({ peer }) => ('about' in peer ? [peer.about] : []))
  const named = abouts.length > 0 ? ` They are ${abouts.join('; ')}.` : ''
  return `In the others that check a key, a limit per key is in force and never reached, as in ours.${named}`
}

function worksOf({ name, peer }: NamedPeer): Work[] {
  if ('missing' in peer) return []
  return [{ name, server: peer.server, path, headers: { 'x-api-auth': peer.apiKey } }]
}

async function ownWorks(server: BenchServer): Promise<Work[]> {
  const account = await openSandboxAccount(server.url)
  const withKey = { 'x-api-auth': account.apiKey }
  const withToken = { cookie: await takeToken(server.url, account) }
  return [
    { name: 'GET /api/v1/ping', server, path: '/api/v1/ping' },
    { name: keyCheck, server, path, headers: withKey },
    {
      name: 'GET /auth/v1/users/me with a token',
      server,
      path: '/auth/v1/users/me',
      headers: withToken,
    },
    { name: 'GET /api/v1/images with a key', server, path: '/api/v1/images', headers: withKey },
  ]
}
