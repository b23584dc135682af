import { paths, signInBrowser, withCookie } from './requests.ts'
import type { Scenario } from './scenario.ts'

export const tokenFlow: Scenario = {
  name: 'token-flow',
  title: 'The token flow',
  summary: 'Sign in, call the internal API, log out, and see the door close.',
  needs: 'cookie',
  steps: [
    {
      does: 'Sign in: post username and password to `/auth/v1/token`.',
      answer: { status: 200 },
      why: 'The server starts a session and hands the token over in the cookie `access_token`. It is HttpOnly: no script reads it, so none can show it here.',
      read: { text: 'Token Request', href: '/docs/auth#token-request' },
    },
    {
      does: 'Call the internal API: `GET /internal/v1/review-queue`.',
      answer: { status: 200 },
      why: 'The browser adds the cookie by itself. The server checks the signature of the token and looks its session up.',
      read: { text: 'Using the Token', href: '/docs/auth#using-the-token' },
    },
    {
      does: 'Ask whom the token speaks for: `GET /auth/v1/users/me`.',
      answer: { status: 200 },
      why: 'The server reads the token and tells its owner and its end.',
      read: { text: 'The flow', href: '/docs/guides/tokens-and-cookies#the-flow' },
    },
    {
      does: 'Log out: `POST /auth/v1/logout`.',
      answer: { status: 204 },
      why: 'The session ends on the server, and the answer clears the cookie.',
      read: { text: 'Logging out', href: '/docs/auth#logging-out' },
    },
    {
      does: 'Call the internal API once more.',
      answer: { status: 401, code: 'missing_token' },
      why: 'There is no cookie any more, so the request comes without a token.',
      read: { text: 'missing_token', href: '/docs/errors#missing_token' },
    },
  ],
  leaves: 'Nothing.',
  async *play({ origin, account, send }) {
    const queue = withCookie('GET', origin + paths.queue)
    yield { exchange: await send(signInBrowser(origin, account())) }
    yield { exchange: await send(queue) }
    yield { exchange: await send(withCookie('GET', origin + paths.owner)) }
    yield { exchange: await send(withCookie('POST', origin + paths.logout)) }
    yield { exchange: await send(queue) }
  },
}
