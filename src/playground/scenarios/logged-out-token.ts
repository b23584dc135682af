import { bearer, logOutAside, ownCookie, paths, signInAside, tokenIn, without } from './requests.ts'
import type { Scenario } from './scenario.ts'

const read = { text: 'The flow', href: '/docs/guides/tokens-and-cookies#the-flow' }

export const loggedOutToken: Scenario = {
  name: 'logged-out-token',
  title: 'Logged-out token replayed',
  summary: 'Somebody kept a copy of your token. You log out, and the copy is worth nothing.',
  needs: 'account',
  steps: [
    {
      does: 'Ask for a token.',
      answer: { status: 200 },
      why: 'A session of its own, in a cookie jar of this scenario (`Barbell-Jar: program`). Your own sign-in is another session and stays.',
      read: { text: 'Token Request', href: '/docs/auth#token-request' },
    },
    {
      does: 'Call the internal API with it.',
      answer: { status: 200 },
      why: 'Signature, time and session are good.',
      read: { text: 'Using the Token', href: '/docs/auth#using-the-token' },
    },
    {
      does: 'Log out with it.',
      answer: { status: 204 },
      why: 'The server ends the session in its store.',
      read: { text: 'Logging out', href: '/docs/auth#logging-out' },
    },
    {
      does: 'Send the copy as Bearer.',
      answer: { status: 401, code: 'invalid_token' },
      why: 'Its signature is good and it has not expired, but the session behind it is gone.',
      read,
    },
    {
      does: 'Send the copy as a cookie.',
      answer: { status: 401, code: 'invalid_token' },
      why: 'One session stands behind both, so both doors are closed.',
      read,
    },
  ],
  leaves: 'Nothing: the session is ended.',
  async *play({ origin, account, send, tidy }) {
    const signedIn = await send(signInAside(origin, account()))
    const token = tokenIn(signedIn)
    const queue = origin + paths.queue
    let isOpen = token !== ''
    try {
      yield { exchange: signedIn }
      yield { exchange: await send(without('GET', queue, [bearer(token)])) }
      yield { exchange: await send(logOutAside(origin, token)) }
      isOpen = false
      yield { exchange: await send(without('GET', queue, [bearer(token)])) }
      yield { exchange: await send(without('GET', queue, ownCookie(token))) }
    } finally {
      if (isOpen) await tidy(logOutAside(origin, token))
    }
  },
}
