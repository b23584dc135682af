import { type RouteConfig, z } from '@hono/zod-openapi'
import { type ErrorCode, errorRow } from './error-codes.ts'
import { accessTokenName } from './access-token-cookie.ts'
import type { Api } from './exchange.ts'

/** How a call says who it is. */
export type Lane = 'none' | 'api_key' | 'token'

/** Groups of the reference, in the order of the document. */
export const tags = {
  public: 'Public API',
  accounts: 'Accounts and tokens',
  internal: 'Internal API',
} as const

const tagNotes = [
  {
    name: tags.public,
    description: 'Reads the dataset. Every call but the first wants an API key.',
  },
  { name: tags.accounts, description: 'Opens accounts, gives tokens and ends them.' },
  { name: tags.internal, description: 'What reviewers work with. Every call wants a token.' },
]

/** What a route says about its lane. The playground reads `x-barbell-lane`. */
export const lanes = {
  none: { 'x-barbell-lane': 'none', security: [] },
  api_key: { 'x-barbell-lane': 'api_key', security: [{ ApiKey: [] }] },
  token: { 'x-barbell-lane': 'token', security: [{ TokenCookie: [] }, { BearerToken: [] }] },
} satisfies Record<Lane, Pick<RouteConfig, 'security'> & { 'x-barbell-lane': Lane }>

/** The lane of a route. */
export function laneOf(route: RouteConfig): Lane {
  const lane: unknown = route['x-barbell-lane']
  return lane === 'api_key' || lane === 'token' ? lane : 'none'
}

const ProblemSchema = z
  .object({
    type: z.url().openapi({ description: 'Page that explains the code.' }),
    title: z.string().openapi({ description: 'What the code means. For people.' }),
    status: z.int().openapi({ description: 'The HTTP status.' }),
    detail: z.string().openapi({ description: 'What is wrong and what to do. For people.' }),
    code: z.string().openapi({ description: 'For programs: does not change.' }),
    request_id: z.string().openapi({ description: 'Names this request when you ask about it.' }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'With `validation_failed`: one entry per bad field.' }),
  })
  .openapi('Problem', { description: 'RFC 9457' })

const OAuthErrorSchema = z
  .object({
    error: z.string().openapi({ description: 'For programs: does not change.' }),
    error_description: z
      .string()
      .openapi({ description: 'What is wrong and what to do. For people.' }),
    error_uri: z.url().openapi({ description: 'Page that explains the error.' }),
  })
  .openapi('OAuthError', { description: 'RFC 6749 section 5.2' })

/** The answers for a list of codes, one per status. The reference of the docs reads `x-barbell-codes`. */
export function refusalResponses(
  codes: readonly ErrorCode[],
  form: { oauth: boolean },
): RouteConfig['responses'] {
  const byStatus = Map.groupBy(codes, (code) => errorRow(code).status)
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: inWords(ofStatus, form),
        'x-barbell-codes': ofStatus,
        content: form.oauth
          ? { 'application/json': { schema: OAuthErrorSchema } }
          : { 'application/problem+json': { schema: ProblemSchema } },
      },
    ]),
  )
}

/** Each code with its title; where OAuth has one word for several, that word once. */
function inWords(codes: readonly ErrorCode[], form: { oauth: boolean }): string {
  const byWord = Map.groupBy(codes, (code) => (form.oauth && errorRow(code).oauth) || code)
  return [...byWord]
    .map(
      ([word, ofWord]) => `\`${word}\`: ${ofWord.map((code) => errorRow(code).title).join('; ')}.`,
    )
    .join(' ')
}

/**
 * The OpenAPI 3.1 document, from the same schemas that validate requests.
 * @param origin the public origin
 */
export function openapiDocument(api: Api, origin: string): object {
  const { openAPIRegistry: registry } = api
  registry.registerComponent('securitySchemes', 'ApiKey', {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-auth',
    description: '`{USERNAME}:{KEY}`, with a key of 16 characters from the settings.',
  })
  registry.registerComponent('securitySchemes', 'TokenCookie', {
    type: 'apiKey',
    in: 'cookie',
    name: accessTokenName,
    description: 'Set by `POST /auth/v1/token`.',
  })
  registry.registerComponent('securitySchemes', 'BearerToken', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The same kind of token in `Authorization`, for programs outside a browser.',
  })
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Barbell API',
      version: '1',
      description:
        'Match images of the FIRST Robotics Competition, with labelled boxes. Every path answers with and without a slash at its end, and none redirects.',
      license: { name: 'MIT' },
    },
    servers: [{ url: origin }],
    externalDocs: { url: `${origin}/docs/auth`, description: 'Guide' },
    tags: tagNotes,
  })
}
