import type { RefusalCode } from '#auth/refusal.ts'

/** What the edge itself says no to, before or beside the domain. */
export type EdgeCode =
  | 'malformed_request'
  | 'ambiguous_credentials'
  | 'missing_api_key'
  | 'missing_token'
  | 'cross_site_request'
  | 'form_token_invalid'
  | 'not_found'
  | 'method_not_allowed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'unsupported_grant_type'
  | 'internal_error'
  | 'draining'

export type ErrorCode = RefusalCode | EdgeCode

/** How a code is answered. */
export interface ErrorRow {
  status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503
  title: string
  /** What is wrong and what to do about it, where the one who refuses says nothing more exact. */
  detail: string
  /** Where in `/docs/errors` it is explained. */
  anchor: string
  /** `error` at the token endpoint, and its anchor, where RFC 6749 has a word for it; else the code. */
  oauth?: string
  /** `WWW-Authenticate` (RFC 9110 section 11.6.1, RFC 6750 section 3): on every 401. */
  challenge?: string
  /** Seconds until another attempt is worth it, where no limit says so. */
  retryAfterSeconds?: number
}

const keyChallenge = 'ApiKey realm="barbell", header="x-api-auth"'

/** Every code with its answer. A code without a row does not compile. */
export const errorCodes = {
  malformed_request: {
    status: 400,
    title: 'This request cannot be understood',
    detail: 'The request is not what its headers say it is. Let your library write it.',
    anchor: 'malformed_request',
    oauth: 'invalid_request',
  },
  ambiguous_credentials: {
    status: 400,
    title: 'This request carries two credentials',
    detail: 'Send one credential only: an API key, or a Bearer token, or the cookie.',
    anchor: 'ambiguous_credentials',
    oauth: 'invalid_request',
  },
  unsupported_grant_type: {
    status: 400,
    title: 'This grant type is not supported',
    detail: 'Send grant_type=password, or leave it out.',
    anchor: 'unsupported_grant_type',
    oauth: 'unsupported_grant_type',
  },
  invalid_grant: {
    status: 400,
    title: 'Username and password do not match',
    detail: 'Username and password do not match. Check both.',
    anchor: 'invalid_grant',
    oauth: 'invalid_grant',
  },
  missing_api_key: {
    status: 401,
    title: 'An API key is needed',
    detail: 'Send the header x-api-auth with {USERNAME}:{KEY}. Get a key in the settings.',
    anchor: 'missing_api_key',
    challenge: keyChallenge,
  },
  invalid_api_key: {
    status: 401,
    title: 'This API key is not accepted',
    detail:
      'The value of x-api-auth opens nothing. It is {USERNAME}:{KEY}, with a key of 16 characters that is in use.',
    anchor: 'invalid_api_key',
    challenge: keyChallenge,
  },
  missing_token: {
    status: 401,
    title: 'A token is needed',
    detail: 'Ask for a token at POST /auth/v1/token and send it, as cookie or as Bearer.',
    anchor: 'missing_token',
    challenge: 'Bearer realm="barbell"',
  },
  invalid_token: {
    status: 401,
    title: 'This token is not accepted',
    detail: 'The token has expired, was ended, or is none of ours. Ask for a new one.',
    anchor: 'invalid_token',
    challenge: 'Bearer realm="barbell", error="invalid_token"',
  },
  cross_site_request: {
    status: 403,
    title: 'This request comes from another site',
    detail: 'From a browser, this is open to the pages of this site only.',
    anchor: 'cross_site_request',
  },
  form_token_invalid: {
    status: 403,
    title: 'This form has expired',
    detail: 'Open the page with the form again and repeat what you did.',
    anchor: 'form_token_invalid',
  },
  sandbox_only: {
    status: 403,
    title: 'This is open to sandbox accounts only',
    detail:
      'A program in the page gets tokens of sandbox accounts only. Use one, or run the program on your machine.',
    anchor: 'sandbox_only',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    detail: 'No call of the API has this path. The list of calls is in the playground.',
    anchor: 'not_found',
  },
  key_not_found: {
    status: 404,
    title: 'There is no such API key',
    detail: 'The key is none of your active keys. Reload the settings to see those.',
    anchor: 'key_not_found',
  },
  method_not_allowed: {
    status: 405,
    title: 'Not with this method',
    detail: 'The path exists, but not for this method. The header Allow names those that work.',
    anchor: 'method_not_allowed',
    oauth: 'invalid_request',
  },
  username_taken: {
    status: 409,
    title: 'This username is taken',
    detail: 'An account with this username exists. Choose another one.',
    anchor: 'username_taken',
  },
  key_limit_reached: {
    status: 409,
    title: 'This account has as many keys as it may have',
    detail: 'Revoke a key that you no longer use, then make another one.',
    anchor: 'key_limit_reached',
  },
  payload_too_large: {
    status: 413,
    title: 'This body is too large',
    detail: 'The body is larger than any call of this path needs.',
    anchor: 'payload_too_large',
    oauth: 'invalid_request',
  },
  unsupported_media_type: {
    status: 415,
    title: 'This kind of body is not accepted',
    detail: 'The body has a content type or an encoding that this call does not take.',
    anchor: 'unsupported_media_type',
    oauth: 'invalid_request',
  },
  validation_failed: {
    status: 422,
    title: 'Some values are not acceptable',
    detail: 'Correct each field that is named in "errors".',
    anchor: 'validation_failed',
    oauth: 'invalid_request',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests',
    detail: 'A limit is used up. Wait as many seconds as Retry-After says, then try again.',
    anchor: 'too_many_requests',
  },
  internal_error: {
    status: 500,
    title: 'A mistake of the server',
    detail: 'Nothing that you sent needs mending. The request_id finds the cause in the log.',
    anchor: 'internal_error',
  },
  overloaded: {
    status: 503,
    title: 'The server has too much to do',
    detail: 'More passwords wait to be checked than can be. Try again in a moment.',
    anchor: 'overloaded',
    oauth: 'temporarily_unavailable',
    retryAfterSeconds: 2,
  },
  store_unavailable: {
    status: 503,
    title: 'The store cannot be reached',
    detail: 'Accounts and keys cannot be read or written now. Nothing was changed.',
    anchor: 'store_unavailable',
    oauth: 'temporarily_unavailable',
    retryAfterSeconds: 5,
  },
  draining: {
    status: 503,
    title: 'This server is about to stop',
    detail: 'No new requests are taken. Try again: its successor answers then.',
    anchor: 'draining',
    oauth: 'temporarily_unavailable',
    retryAfterSeconds: 2,
  },
} as const satisfies Record<ErrorCode, ErrorRow>

/** The row of a code, with every member that a row may have. */
export function errorRow(code: ErrorCode): ErrorRow {
  return errorCodes[code]
}
