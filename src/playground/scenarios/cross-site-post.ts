import { paths, signInBrowser, withCookie } from './requests.ts'
import type { Scenario } from './scenario.ts'

export const crossSitePost: Scenario = {
  name: 'cross-site-post',
  title: 'Cross-site POST refused',
  summary: 'A page of another origin tries to sign you out.',
  needs: 'cookie',
  steps: [
    {
      does: 'Sign in: post username and password to `/auth/v1/token`.',
      answer: { status: 200 },
      why: 'Now there is something to attack: the browser holds your cookie.',
      read: { text: 'Token Request', href: '/docs/auth#token-request' },
    },
    {
      does: 'Let a frame of another origin post to `/auth/v1/logout`. You press its button: no script of this page can.',
      answer: { status: 403, code: 'cross_site_request' },
      unread: true,
      why: 'The frame is sandboxed, so its origin is `null`. The browser says so in `Origin` and `Sec-Fetch-Site: cross-site`, which no page can forge, and leaves the cookie out (`SameSite=Lax`). The answer opens in a tab of its own; no script may read it.',
      read: { text: 'cross_site_request', href: '/docs/errors#cross_site_request' },
    },
    {
      does: 'Look whether you are still signed in: `GET /auth/v1/users/me`.',
      answer: { status: 200 },
      why: 'You are. The request was refused before it did anything.',
      read: {
        text: 'Who may call from where?',
        href: '/docs/security-model#who-may-call-from-where',
      },
    },
    {
      does: 'Post to `/auth/v1/logout` from this page.',
      answer: { status: 204 },
      why: 'The same call from the pages of this site: `Sec-Fetch-Site: same-origin`, and it goes through.',
      read: { text: 'Logging out', href: '/docs/auth#logging-out' },
    },
  ],
  leaves: 'Nothing.',
  async *play({ origin, account, send, postFromElsewhere }) {
    yield { exchange: await send(signInBrowser(origin, account())) }
    await postFromElsewhere(paths.logout)
    yield { exchange: null }
    yield { exchange: await send(withCookie('GET', origin + paths.owner)) }
    yield { exchange: await send(withCookie('POST', origin + paths.logout)) }
  },
}
