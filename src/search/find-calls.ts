import { readOperations } from '#playground/operations.ts'
import { fragmentOf } from '#playground/request-link.ts'

/** A call of the API that a search leads to, and where it can be tried. */
export interface Call {
  /** `GET /api/v1/stats` */
  id: string
  summary: string
  url: string
}

const maxCalls = 4

/** The calls of the API, as its OpenAPI document tells them. @throws where that cannot be read */
export async function readCalls(): Promise<Call[]> {
  const answer = await fetch('/openapi.json')
  if (!answer.ok) throw new Error(`/openapi.json is answered with ${answer.status}`)
  return readOperations(await answer.json())
    .flatMap(({ operations }) => operations)
    .map((operation) => ({
      id: operation.id,
      summary: operation.summary,
      url: `/playground${fragmentOf({ operation, values: {}, lane: operation.lane }) ?? ''}`,
    }))
}

/** The calls that every word says something of: method, path or summary. */
export function findCalls(calls: readonly Call[], words: string): Call[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return calls
    .filter(({ id, summary }) => {
      const text = `${id} ${summary}`.toLowerCase()
      return wanted.length > 0 && wanted.every((word) => text.includes(word))
    })
    .slice(0, maxCalls)
}

/** Whether it is a call that was typed, and not a word of a text: a path, or a method before one. */
export function looksLikeCall(words: string): boolean {
  return /^(?:(?:get|post|put|patch|delete)\s+)?\//i.test(words.trim())
}
