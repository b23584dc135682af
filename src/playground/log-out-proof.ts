import type { Exchange } from '#runner/contract.ts'
import type { HeaderPair } from './header-lines.ts'
import { apiAuthValue, credentialsOf, type KeyParts, type Lane, lanes, sendsKey } from './lane.ts'
import { maskedExchange } from './masked-exchange.ts'
import { problemCodeIn, type Sender, tracingSender } from './session.ts'

/** The credentials that this page knows besides the cookie, which it cannot know. */
export interface KnownCredentials {
  key: KeyParts
  /** As Bearer; empty for none. */
  token: string
}

/** What the server said to one lane after the log out. */
export interface LaneProof {
  lane: Lane
  label: string
  /** 401: as it has to be. */
  isRefused: boolean
  /** `401 missing_token`, or why there is no answer. */
  answer: string
  /** Anchor in the page of the errors; empty for none. */
  code: string
  /** With secrets starred out. */
  exchange: Exchange
}

/** What takes a token and nothing else: each lane has to be refused here once the session is over. */
const askedPath = '/auth/v1/users/me'

/**
 * Asks the server with every lane that this page has credentials for.
 * @param origin of the API, such as `https://docs.example`
 */
export function askEveryLane(
  origin: string,
  known: KnownCredentials,
  sender: Sender = tracingSender,
): Promise<LaneProof[]> {
  const asked = lanes.filter(({ id }) => isKnown(id, known))
  return Promise.all(
    asked.map(async ({ id, label }) => {
      const exchange = await sender({
        method: 'GET',
        url: origin + askedPath,
        headers: headersOf(id, known),
        body: null,
        credentials: credentialsOf(id),
      })
      return proofOf(exchange, { lane: id, label })
    }),
  )
}

/** Says in a sentence what the proofs come to. */
export function proofSentence(proofs: readonly LaneProof[]): string {
  const refused = proofs.filter(({ isRefused }) => isRefused).length
  if (refused === proofs.length) {
    return `Logged out, and checked: the server refused ${refused === 1 ? 'the one lane' : `all ${refused} lanes`} that this page can try.`
  }
  return `Not proved: ${proofs.length - refused} of ${proofs.length} lanes were not refused.`
}

function isKnown(lane: Lane, { key, token }: KnownCredentials): boolean {
  if (lane === 'none') return false
  if (lane === 'bearer') return token !== ''
  return !sendsKey(lane) || (key.username !== '' && key.secret !== '')
}

function headersOf(lane: Lane, { key, token }: KnownCredentials): HeaderPair[] {
  if (sendsKey(lane)) return [['x-api-auth', apiAuthValue(key)]]
  return lane === 'bearer' ? [['authorization', `Bearer ${token}`]] : []
}

function proofOf(sent: Exchange, of: Pick<LaneProof, 'lane' | 'label'>): LaneProof {
  const { response, error } = sent
  const code = response ? problemCodeIn(response.body) : ''
  return {
    ...of,
    isRefused: response?.status === 401,
    answer: response ? `${response.status} ${code || response.statusText}`.trim() : (error ?? ''),
    code,
    exchange: maskedExchange(sent),
  }
}
