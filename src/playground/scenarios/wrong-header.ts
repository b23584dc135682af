import { apiAuth, bearer, paths, without } from './requests.ts'
import type { Scenario } from './scenario.ts'

const read = { text: 'missing_api_key', href: '/docs/errors#missing_api_key' }

export const wrongHeader: Scenario = {
  name: 'wrong-header',
  title: 'Key in the wrong header',
  summary: 'A good key in `Authorization` or `x-api-key` is a key that nobody looks at.',
  needs: 'account',
  steps: [
    {
      does: 'Send the key as `Authorization: Bearer`.',
      answer: { status: 401, code: 'missing_api_key' },
      why: 'The public API reads `x-api-auth` and no other header. For it, this request has no key.',
      read,
    },
    {
      does: 'Send it as `x-api-key`.',
      answer: { status: 401, code: 'missing_api_key' },
      why: 'Many other APIs call it so; this one does not. The answer says which header it wants.',
      read,
    },
    {
      does: 'Send it in both `x-api-auth` and `Authorization`.',
      answer: { status: 400, code: 'ambiguous_credentials' },
      why: 'Two credentials may speak for two accounts. The server does not guess which one is meant.',
      read: { text: 'ambiguous_credentials', href: '/docs/errors#ambiguous_credentials' },
    },
    {
      does: 'Send it in `x-api-auth` alone.',
      answer: { status: 200 },
      why: 'The same key, in its own header.',
      read: { text: 'Using your Key', href: '/docs/auth#using-your-key' },
    },
  ],
  leaves: 'Nothing. It only reads.',
  async *play({ origin, account, send }) {
    const { apiKey } = account()
    const [right, asBearer] = [apiAuth(apiKey), bearer(apiKey)]
    const url = origin + paths.me
    yield { exchange: await send(without('GET', url, [asBearer])) }
    yield { exchange: await send(without('GET', url, [['x-api-key', apiKey]])) }
    yield { exchange: await send(without('GET', url, [right, asBearer])) }
    yield { exchange: await send(without('GET', url, [right])) }
  },
}
