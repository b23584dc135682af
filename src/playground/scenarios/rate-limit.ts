import type { Exchange } from '#runner/contract.ts'
import type { PlannedRequest } from '../request.ts'
import { accountIn, apiAuth, openAside, paths, without } from './requests.ts'
import type { Scenario, Stage } from './scenario.ts'

/** A page sends no more than this, whatever a server allows. */
const maxRequests = 700
/** Beyond those that the server says are left: some may have come back meanwhile. */
const spareRequests = 10
/** A browser opens no more connections to one host (HTTP/1.1). */
const atATime = 6

export const rateLimit: Scenario = {
  name: 'rate-limit',
  title: 'Rate limit hit and waited out',
  summary:
    'As many calls as one key may make in a minute, the refusal, and the wait that `Retry-After` asks for.',
  needs: 'nobody',
  steps: [
    {
      does: 'Open a sandbox account for this scenario alone.',
      answer: { status: 201 },
      why: 'Its key has a limit of its own, so yours is not used up.',
      read: { text: 'Which limits are there?', href: '/docs/limits#which-limits-are-there' },
    },
    {
      does: 'Call `GET /api/v1/me` once.',
      answer: { status: 200 },
      why: '`RateLimit` says how many calls are left (`r`) and when they come back (`t`, in seconds).',
      read: {
        text: 'How do I know what is left?',
        href: '/docs/limits#how-do-i-know-what-is-left',
      },
    },
    {
      does: 'Repeat it until it is refused, 6 at a time and at most 700 times.',
      answer: { status: 429, code: 'too_many_requests' },
      why: 'The calls of this minute are used up. `Retry-After` says how long to wait. The refused call was not carried out.',
      read: { text: 'too_many_requests', href: '/docs/errors#too_many_requests' },
    },
    {
      does: 'Wait as long as it says, and call again.',
      answer: { status: 200 },
      why: 'All calls of a window come back at once when it ends.',
      read: { text: 'How do I wait?', href: '/docs/limits#how-do-i-wait' },
    },
  ],
  leaves:
    'A sandbox account that ends by itself after 24 hours. For up to a minute, your address has used half of its 1,200 calls.',
  async *play(stage) {
    const { origin, send, wait } = stage
    const opened = await send(openAside(origin))
    yield { exchange: opened }
    const key = apiAuth(accountIn(opened).apiKey)
    const me = without('GET', origin + paths.me, [key])
    const first = await send(me)
    yield { exchange: first }
    const left = remainingIn(first)
    if (left + spareRequests > maxRequests) {
      yield { exchange: first, notes: [['not tried', tooHigh(left)]] }
      return
    }
    const { refused, sent } = await untilRefused(stage, me, left + spareRequests)
    yield { exchange: refused, notes: [['requests of this step', String(sent)]] }
    await wait(retryAfter(refused), 'until the limit starts anew')
    yield { exchange: await send(me) }
  },
}

/** Sends the same request over and over. @returns the first answer that is not 200, or the last one */
async function untilRefused(
  { send, signal, count }: Stage,
  request: PlannedRequest,
  atMost: number,
): Promise<{ refused: Exchange; sent: number }> {
  let sent = 0
  let refused: Exchange | undefined
  let last: Exchange | undefined
  const goOn = async (): Promise<void> => {
    while (refused === undefined && sent < atMost && !signal.aborted) {
      sent += 1
      count(sent, atMost)
      last = await send(request)
      if (last.response?.status !== 200) refused ??= last
    }
  }
  await Promise.all(Array.from({ length: atATime }, goOn))
  return { refused: refused ?? last ?? (await send(request)), sent }
}

/** What the limit of the key has left; without an end where none is in force. */
function remainingIn({ response }: Exchange): number {
  const state = response?.headers.find(([name]) => name.toLowerCase() === 'ratelimit')?.[1]
  const left = /"api_key";r=(\d+)/.exec(state ?? '')?.[1]
  return left === undefined ? Infinity : Number(left)
}

function retryAfter({ response }: Exchange): number {
  const seconds = response?.headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1]
  return Number(seconds ?? 0)
}

function tooHigh(left: number): string {
  const allowed = left === Infinity ? 'no limit' : `a limit of ${left.toLocaleString('en')} calls`
  return `This server has ${allowed} for a key, and a page should not send so many.`
}
