import { paths, signInBrowser, withCookie, without } from './requests.ts'
import type { Scenario } from './scenario.ts'

export const cookieNotSent: Scenario = {
  name: 'cookie-not-sent',
  title: 'Cookie not sent',
  summary: "Signed in and refused all the same: `credentials: 'omit'` leaves the cookie at home.",
  needs: 'cookie',
  steps: [
    {
      does: 'Sign in: post username and password to `/auth/v1/token`.',
      answer: { status: 200 },
      why: 'From now on the browser holds the cookie `access_token`.',
      read: { text: 'Token Request', href: '/docs/auth#token-request' },
    },
    {
      does: "Call the internal API with `credentials: 'omit'`.",
      answer: { status: 401, code: 'missing_token' },
      why: 'The browser holds the cookie and leaves it out, as it was told. The server sees no token.',
      read: { text: 'missing_token', href: '/docs/errors#missing_token' },
    },
    {
      does: 'Send the same call without that option.',
      answer: { status: 200 },
      why: '`fetch` sends the cookies of its own origin unless it is told not to.',
      read: { text: 'Using the Token in the browser', href: '/docs/auth#in-the-browser' },
    },
  ],
  leaves: 'Nothing.',
  async *play({ origin, account, send }) {
    yield { exchange: await send(signInBrowser(origin, account())) }
    yield { exchange: await send(without('GET', origin + paths.queue)) }
    yield { exchange: await send(withCookie('GET', origin + paths.queue)) }
  },
}
