import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server of nobody. */
export interface Canary extends AsyncDisposable {
  url: string
  /** How many connections were made to it. */
  connections: () => number
}

/** Opens a server that nobody may reach. */
export async function openCanary(): Promise<Canary> {
  let connections = 0
  const canary = createServer((_, response) => response.end())
  canary.on('connection', () => (connections += 1))
  canary.listen(0, '127.0.0.1')
  await once(canary, 'listening')
  return {
    url: `http://127.0.0.1:${(canary.address() as AddressInfo).port}/`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      canary.close()
      await once(canary, 'close')
    },
  }
}
