import { OpenAPIHono } from '@hono/zod-openapi'
import { endpoints } from './endpoints.ts'
import type { Api, ApiEnv } from './exchange.ts'
import { openapiDocument } from './openapi.ts'

/**
 * The OpenAPI document of an API that nobody runs: for the build, which writes the reference from it.
 * @param origin the public origin
 */
export function apiDocument(origin: string): object {
  const api: Api = new OpenAPIHono<ApiEnv>()
  for (const endpoint of endpoints) endpoint.mount(api)
  return openapiDocument(api, origin)
}
