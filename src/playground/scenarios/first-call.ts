import { apiAuth, paths, without } from './requests.ts'
import type { Scenario } from './scenario.ts'

export const firstCall: Scenario = {
  name: 'first-call',
  title: 'First call with a key',
  summary: 'What is open to everybody, what wants a key, and how the key is sent.',
  needs: 'account',
  steps: [
    {
      does: 'Call `GET /api/v1/ping` with nothing.',
      answer: { status: 200 },
      why: 'Ping is open to everybody. It says that the server is there.',
      read: { text: 'Make your first call', href: '/docs/quickstart#2-make-your-first-call' },
    },
    {
      does: 'Call `GET /api/v1/me` with nothing.',
      answer: { status: 401, code: 'missing_api_key' },
      why: 'The rest of the public API wants a key. `WWW-Authenticate` names the header that it looks for.',
      read: { text: 'missing_api_key', href: '/docs/errors#missing_api_key' },
    },
    {
      does: 'Send the same call with the key in `x-api-auth`.',
      answer: { status: 200 },
      why: 'The header has the form `{USERNAME}:{KEY}`. The server finds the key among those of this username.',
      read: { text: 'Using your Key', href: '/docs/auth#using-your-key' },
    },
    {
      does: 'Read the numbers of the dataset: `GET /api/v1/stats`.',
      answer: { status: 200 },
      why: 'One key opens the whole public API. `RateLimit` in the answer says how many calls are left.',
      read: {
        text: 'How do I know what is left?',
        href: '/docs/limits#how-do-i-know-what-is-left',
      },
    },
  ],
  leaves: 'Nothing. It only reads.',
  async *play({ origin, account, send }) {
    const key = apiAuth(account().apiKey)
    yield { exchange: await send(without('GET', origin + paths.ping)) }
    yield { exchange: await send(without('GET', origin + paths.me)) }
    yield { exchange: await send(without('GET', origin + paths.me, [key])) }
    yield { exchange: await send(without('GET', origin + paths.stats, [key])) }
  },
}
