import { bearer, paths, signInAside, tokenIn, without } from './requests.ts'
import type { Scenario } from './scenario.ts'

/** The one short life that the server offers. */
const lifeSeconds = 5

export const expiredToken: Scenario = {
  name: 'expired-token',
  title: 'Token expired',
  summary: 'A token that lives 5 seconds, before its end and after it.',
  needs: 'account',
  steps: [
    {
      does: 'Ask for a token with `expires_in=5`.',
      answer: { status: 200 },
      why: 'Sandbox accounts may have such a token, to see its end. `Barbell-Jar: program` keeps it out of the cookies of your browser, so your own sign-in stays.',
      read: {
        text: 'The life of a token',
        href: '/docs/guides/tokens-and-cookies#the-life-of-a-token',
      },
    },
    {
      does: 'Call the internal API with it at once.',
      answer: { status: 200 },
      why: 'Its end has not come yet.',
      read: { text: 'As a Bearer token', href: '/docs/auth#as-a-bearer-token' },
    },
    {
      does: 'Wait until it ends, and send the same call.',
      answer: { status: 401, code: 'invalid_token' },
      why: 'The signature is still good, but the time in the token is over. A browser would have dropped such a cookie by itself; the server does not rely on that.',
      read: { text: 'When it expires', href: '/docs/auth#when-it-expires' },
    },
  ],
  leaves: 'Nothing: the session of this token has ended.',
  async *play({ origin, account, send, wait }) {
    const signedIn = await send(signInAside(origin, account(), { expires_in: String(lifeSeconds) }))
    yield { exchange: signedIn }
    const queue = without('GET', origin + paths.queue, [bearer(tokenIn(signedIn))])
    yield { exchange: await send(queue) }
    await wait(lifeSeconds, 'until the token ends')
    yield { exchange: await send(queue) }
  },
}
