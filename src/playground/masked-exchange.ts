import type { Exchange, HeaderList } from '#runner/contract.ts'
import { isSecretHeader } from './header-lines.ts'
import { maskedApiAuth } from './lane.ts'

const mask = '********'
const formPassword = /(?<=(?:^|&)password=)[^&]+/g
const jsonSecret = /("(?:password|api_key|access_token)"\s*:\s*")(?:[^"\\]|\\.)+/g

/** The same exchange with passwords, keys and tokens starred out, for a screen that others may see. */
export function maskedExchange({ request, response, ...rest }: Exchange): Exchange {
  return {
    ...rest,
    request: {
      ...request,
      headers: maskedHeaders(request.headers),
      body: request.body === null ? null : masked(request.body),
    },
    response: response && {
      ...response,
      headers: maskedHeaders(response.headers),
      body: masked(response.body),
    },
  }
}

function maskedHeaders(headers: HeaderList): HeaderList {
  return headers.map(([name, value]) => [name, maskedHeader(name, value)])
}

/** Whose key it is stays to be seen, and how a token or a cookie is sent; of any other secret nothing does. */
function maskedHeader(name: string, value: string): string {
  if (!isSecretHeader(name)) return value
  switch (name.toLowerCase()) {
    case 'x-api-auth':
    case 'x-api-key':
      return value.includes(':') ? maskedApiAuth(value) : mask
    case 'authorization': // how it was sent is half of what one looks for
      return value.replace(/^(bearer )?.*$/is, `$1${mask}`)
    case 'barbell-cookie':
      return value.replaceAll(/=[^;]*/g, `=${mask}`)
    case 'barbell-set-cookie': // behind its value stand attributes, which are no secret
      return value.replace(/=[^;]*/, `=${mask}`)
    default:
      return mask
  }
}

function masked(body: string): string {
  return body.replace(formPassword, mask).replace(jsonSecret, `$1${mask}`)
}
