import { z } from 'zod'
import { call } from '../support/call.ts'

/** One call, as /openapi.json tells it. */
export interface Operation {
  /** Upper case. */
  method: string
  /** With its parameters in braces. */
  path: string
  lane: 'none' | 'api_key' | 'token'
  parameters: readonly { name: string; in: string; example: string }[]
  body: { mediaType: string; members: readonly string[] } | undefined
  /** Every status that the document says this call may have. */
  statuses: readonly number[]
}

const parameterShape = z.object({
  name: z.string(),
  in: z.string(),
  schema: z.object({ example: z.unknown(), enum: z.array(z.unknown()).optional() }).partial(),
  example: z.unknown().optional(),
})
const operationShape = z.object({
  'x-barbell-lane': z.enum(['none', 'api_key', 'token']),
  parameters: z.array(parameterShape).default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: z.object({ $ref: z.string() }) })) })
    .optional(),
  responses: z.record(z.string(), z.unknown()),
})
const documentShape = z.object({
  components: z.object({
    schemas: z.record(
      z.string(),
      z.object({ properties: z.record(z.string(), z.unknown()).optional() }),
    ),
  }),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
})

type Document = z.infer<typeof documentShape>

/** Reads what a running server says it can do. */
export async function readOperations(url: string): Promise<Operation[]> {
  const { json } = await call(`${url}/openapi.json`)
  const document = documentShape.parse(json)
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      lane: operation['x-barbell-lane'],
      parameters: operation.parameters.map(({ name, in: place, schema, example }) => ({
        name,
        in: place,
        example: plainText(example ?? schema.example ?? schema.enum?.[0]),
      })),
      body: bodyOf(document, operation),
      statuses: Object.keys(operation.responses).map(Number),
    })),
  )
}

function bodyOf(
  { components }: Document,
  { requestBody }: z.infer<typeof operationShape>,
): Operation['body'] {
  if (requestBody === undefined) return undefined
  const [entry] = Object.entries(requestBody.content)
  if (entry === undefined) return undefined
  const [mediaType, { schema }] = entry
  const name = schema.$ref.split('/').at(-1) ?? ''
  return { mediaType, members: Object.keys(components.schemas[name]?.properties ?? {}) }
}

function plainText(example: unknown): string {
  return typeof example === 'string' || typeof example === 'number' ? String(example) : ''
}
