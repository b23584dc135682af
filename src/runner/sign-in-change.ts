import type { Exchange } from './contract.ts'

/**
 * Whom the browser's token cookie speaks for after these calls: a username, null for nobody, undefined when they
 * changed nothing. A sample in JavaScript uses the browser's own cookies, so its sign-in is the whole site's.
 */
export function signInChange(exchanges: readonly Exchange[]): string | null | undefined {
  return exchanges.reduce<string | null | undefined>((before, { request, response }) => {
    if (request.method !== 'POST' || !response || response.status >= 300) return before
    const path = new URL(request.url).pathname.replace(/\/$/, '')
    if (path === '/auth/v1/logout') return null
    return path === '/auth/v1/token' ? usernameIn(response.body) : before
  }, undefined)
}

function usernameIn(body: string): string {
  try {
    const { username } = JSON.parse(body) as { username?: unknown }
    return typeof username === 'string' ? username : 'another account'
  } catch {
    return 'another account'
  }
}
