import { ask } from './target.ts'

/** One call of the API, as its own document names it. */
export interface Route {
  /** Upper case. */
  method: string
  /** With an example in place of each parameter. */
  path: string
  /** What it wants to see: nothing, an API key, or a token. */
  credential: 'none' | 'key' | 'token'
}

interface Operation {
  security?: Record<string, unknown>[]
}

/** Pages whose forms come back to them. */
export const formPages = ['/login', '/register', '/dashboard/settings'] as const

/** Documents of every kind: built, made at each request, and not there. */
export const documents = ['/', '/docs/auth', '/playground', '/login', '/register', '/404'] as const

const examples: Record<string, string> = {
  '/api/v1/images/{id}': '/api/v1/images/img_00001',
  '/internal/v1/batches/{id}': '/internal/v1/batches/batch_001',
}

/** Every call there is, by `/openapi.json`. */
export async function apiRoutes(): Promise<Route[]> {
  const { json } = await ask('/openapi.json')
  const paths = json['paths'] as Record<string, Record<string, Operation>>
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { security = [] }]) => ({
      method: method.toUpperCase(),
      path: examples[path] ?? path,
      credential: credentialOf(security),
    })),
  )
}

/** Every call that changes something. */
export async function changingRoutes(): Promise<Route[]> {
  return (await apiRoutes()).filter(({ method }) => method !== 'GET')
}

/** Every path that takes a body: calls that change something, and pages with forms. */
export async function bodyPaths(): Promise<string[]> {
  return [...(await changingRoutes()).map(({ path }) => path), ...formPages]
}

function credentialOf(security: Record<string, unknown>[]): Route['credential'] {
  const names = security.flatMap((choice) => Object.keys(choice))
  if (names.length === 0) return 'none'
  return names.includes('ApiKey') ? 'key' : 'token'
}
