import { apiAuth, paths, without, wrongKey as changed } from './requests.ts'
import type { Scenario } from './scenario.ts'

const read = { text: 'invalid_api_key', href: '/docs/errors#invalid_api_key' }

export const wrongKey: Scenario = {
  name: 'wrong-key',
  title: 'Wrong key',
  summary: 'One wrong character, or an unknown username: one and the same answer.',
  needs: 'account',
  steps: [
    {
      does: 'Call `GET /api/v1/me` with the right key.',
      answer: { status: 200 },
      why: 'The key works, so what follows is not its fault.',
      read: { text: 'Using your Key', href: '/docs/auth#using-your-key' },
    },
    {
      does: 'Change the last character of the key and call again.',
      answer: { status: 401, code: 'invalid_api_key' },
      why: 'The server compares the whole key. Nearly right is wrong.',
      read,
    },
    {
      does: 'Send the right key with the username of nobody.',
      answer: { status: 401, code: 'invalid_api_key' },
      why: 'The answer is the same but for `request_id`. So nobody learns from it which usernames there are.',
      read: { text: 'How is a key checked?', href: '/docs/guides/api-keys#how-is-a-key-checked' },
    },
  ],
  leaves:
    'Two refused calls in the count of wrong keys of your address: 100 are allowed in 5 minutes.',
  async *play({ origin, account, send }) {
    const { apiKey } = account()
    const secret = apiKey.slice(apiKey.indexOf(':'))
    const me = (key: string) => send(without('GET', origin + paths.me, [apiAuth(key)]))
    yield { exchange: await me(apiKey) }
    yield { exchange: await me(changed(apiKey)) }
    yield { exchange: await me(`nobody-at-all${secret}`) }
  },
}
