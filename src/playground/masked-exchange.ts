import type { Exchange } from '#runner/contract.ts'
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
      headers: request.headers.map(([name, value]) => [name, maskedHeader(name, value)]),
      body: request.body === null ? null : masked(request.body),
    },
    response: response && {
      ...response,
      headers: response.headers.map(([name, value]) => [name, maskedHeader(name, value)]),
      body: masked(response.body),
    },
  }
}

/** Whose key it is stays to be seen; of any other secret nothing does. */
function maskedHeader(name: string, value: string): string {
  if (!isSecretHeader(name)) return value
  return name.toLowerCase() === 'x-api-auth' && value.includes(':') ? maskedApiAuth(value) : mask
}

function masked(body: string): string {
  return body.replace(formPassword, mask).replace(jsonSecret, `$1${mask}`)
}
