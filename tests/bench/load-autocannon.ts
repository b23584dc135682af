import autocannon from 'autocannon'
import type { Load, LoadCount } from './load.ts'

/** Load from autocannon, a package of the project. */
export async function loadWithAutocannon(load: Load): Promise<LoadCount> {
  const { url, headers = {}, apiKeys = [], connections, seconds } = load
  let connection = 0
  const count = await autocannon({
    url,
    headers,
    connections,
    duration: seconds,
    setupClient: (client) => {
      const share = shareOf(apiKeys, connection++, connections)
      if (share.length === 0) return
      client.setRequests(share.map((key) => ({ headers: { ...headers, 'x-api-auth': key } })))
    },
  })
  return {
    answered: count['2xx'] + count.non2xx,
    failed: count.non2xx + count.errors + count.timeouts,
    seconds: count.duration,
    p99Ms: count.latency.p99,
  }
}

/** Every connection prepares requests of its own: all keys on all of them would take it seconds. */
function shareOf(apiKeys: readonly string[], connection: number, connections: number): string[] {
  const step = Math.min(connections, apiKeys.length)
  return apiKeys.filter((_, index) => index % step === connection % step)
}
