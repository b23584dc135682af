import { partsOf, signedByStranger, signingInput, tokenOf } from './json-web-token.ts'
import { bearer, logOutAside, paths, signInAside, tokenIn, without } from './requests.ts'
import type { Scenario } from './scenario.ts'

const read = { text: 'invalid_token', href: '/docs/errors#invalid_token' }

export const tamperedToken: Scenario = {
  name: 'tampered-token',
  title: 'Token tampered with',
  summary:
    'Another account in the payload, no signature, a signature of somebody else: none gets in.',
  needs: 'account',
  steps: [
    {
      does: 'Ask for a token.',
      answer: { status: 200 },
      why: '`Barbell-Jar: program` puts it into a cookie jar of this scenario, so that it can be sent as Bearer. Only sandbox accounts may do so.',
      read: { text: 'Token Request', href: '/docs/auth#token-request' },
    },
    {
      does: 'Send it as it is.',
      answer: { status: 200 },
      why: 'The server finds its own signature, and the session of the token.',
      read: { text: 'As a Bearer token', href: '/docs/auth#as-a-bearer-token' },
    },
    {
      does: 'Write another account into the payload and keep the signature.',
      answer: { status: 401, code: 'invalid_token' },
      why: 'The signature covers every character of header and payload. It no longer fits.',
      read,
    },
    {
      does: 'Write `alg: none` into the header and take the signature off.',
      answer: { status: 401, code: 'invalid_token' },
      why: 'The server accepts EdDSA and nothing else, whatever a header claims.',
      read: {
        text: 'What is protected, and how?',
        href: '/docs/security-model#what-is-protected-and-how',
      },
    },
    {
      does: 'Sign the same claims with a key that was made just now.',
      answer: { status: 401, code: 'invalid_token' },
      why: 'A good signature, but of a stranger. The server checks it with its own public key only.',
      read,
    },
  ],
  leaves: 'Nothing: the session of the token is ended at the end.',
  async *play({ origin, account, send, tidy }) {
    const signedIn = await send(signInAside(origin, account()))
    const token = tokenIn(signedIn)
    const sendAs = (changed: string) =>
      send(without('GET', origin + paths.queue, [bearer(changed)]))
    try {
      yield { exchange: signedIn }
      const { header, claims, signature } = partsOf(token)
      yield { exchange: await sendAs(token) }

      const other = { ...claims, sub: 'somebody-else' }
      yield {
        exchange: await sendAs(tokenOf({ header, claims: other, signature })),
        notes: [['sub in the payload', 'somebody-else']],
      }

      const unsigned = { ...header, alg: 'none' }
      yield {
        exchange: await sendAs(tokenOf({ header: unsigned, claims, signature: '' })),
        notes: [['header', JSON.stringify(unsigned)]],
      }

      const foreign = await signedByStranger(signingInput({ header, claims }))
      yield {
        exchange: await sendAs(tokenOf({ header, claims, signature: foreign })),
        notes: [['header', JSON.stringify(header)]],
      }
    } finally {
      if (token !== '') await tidy(logOutAside(origin, token))
    }
  },
}
