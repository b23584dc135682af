import {
  accountIn,
  apiAuth,
  openAside,
  paths,
  signInBrowser,
  without,
  wrongKey,
} from './requests.ts'
import type { Scenario } from './scenario.ts'

const read = { text: 'invalid_api_key', href: '/docs/errors#invalid_api_key' }

export const revokedKey: Scenario = {
  name: 'revoked-key',
  title: 'Revoked key',
  summary: 'A key works, “Revoke” is pressed, and the very next call is refused.',
  needs: 'cookie',
  steps: [
    {
      does: 'Open a sandbox account for this scenario alone.',
      answer: { status: 201 },
      why: 'A key that is revoked never comes back, so it must not be yours. With `Barbell-Jar: program` the account is not mixed up with the one of your browser.',
      read: {
        text: 'Which account do they use?',
        href: '/docs/introduction#which-account-do-they-use',
      },
    },
    {
      does: 'Call `GET /api/v1/me` with its key.',
      answer: { status: 200 },
      why: 'The key is new and works.',
      read: { text: 'Using your Key', href: '/docs/auth#using-your-key' },
    },
    {
      does: 'Sign in with that account.',
      answer: { status: 200 },
      why: 'Keys are managed by whoever is signed in and has given the password within 15 minutes. No key can manage keys.',
      read: { text: 'The life of a key', href: '/docs/guides/api-keys#the-life-of-a-key' },
    },
    {
      does: 'Press “Revoke” in its settings.',
      answer: { status: 204 },
      unread: true,
      why: 'The settings take a form that the browser sends as a navigation, with a token of the page. A call by `fetch` would be refused. So the answer is shown to no script.',
      read: {
        text: 'What does a sample reach?',
        href: '/docs/security-model#what-does-a-sample-reach',
      },
    },
    {
      does: 'Call `GET /api/v1/me` with the key again.',
      answer: { status: 401, code: 'invalid_api_key' },
      why: 'Revoking holds from the next call on.',
      read,
    },
    {
      does: 'For comparison: send a key that never was one.',
      answer: { status: 401, code: 'invalid_api_key' },
      why: 'The same answer. Nobody learns from it that the other key once worked.',
      read: { text: 'How is a key checked?', href: '/docs/guides/api-keys#how-is-a-key-checked' },
    },
  ],
  leaves:
    'A sandbox account without a key, which ends by itself after 24 hours. Your own key is untouched.',
  async *play({ origin, send, revokeKey }) {
    const opened = await send(openAside(origin))
    yield { exchange: opened }
    const account = accountIn(opened)
    const me = without('GET', origin + paths.me, [apiAuth(account.apiKey)])
    yield { exchange: await send(me) }
    yield { exchange: await send(signInBrowser(origin, account)) }
    await revokeKey(account.username)
    yield { exchange: null }
    yield { exchange: await send(me) }
    const never = without('GET', origin + paths.me, [apiAuth(wrongKey(account.apiKey))])
    yield { exchange: await send(never) }
  },
}
