import { Agent, get } from 'node:http'

/** Milliseconds from one key check to the next, whether or not it is answered: 250 a second. */
const everyMs = 4

/**
 * Calls with an API key at a steady pace until `end`.
 * @returns how long each call took, in milliseconds
 */
export async function checkKeysUntil(
  end: Promise<unknown>,
  url: string,
  apiKey: string,
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true })
  const calls: Promise<number>[] = []
  const pace = setInterval(
    () => calls.push(timedCheck(`${url}/api/v1/stats`, { agent, apiKey })),
    everyMs,
  )
  try {
    await end
  } finally {
    clearInterval(pace)
  }
  const latenciesMs = await Promise.all(calls)
  agent.destroy()
  return latenciesMs
}

function timedCheck(
  url: string,
  { agent, apiKey }: { agent: Agent; apiKey: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now()
    get(url, { agent, headers: { 'x-api-auth': apiKey } }, (answer) => {
      answer.resume().on('error', reject)
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(performance.now() - startedAtMs)
        else reject(new Error(`a key check was answered ${String(answer.statusCode)}`))
      })
    }).on('error', reject)
  })
}
