import { type Call, findCalls, looksLikeCall, readCalls } from './find-calls.ts'
import { orderPlaces } from './order-places.ts'
import { openIndex, type Place } from './site-index.ts'

/** One line of what a search has found. */
export type Hit = ({ kind: 'place' } & Place) | ({ kind: 'call' } & Call)

/** Searches pages and calls. @returns null where a later search has taken over */
export type Search = (words: string) => Promise<readonly Hit[] | null>

/**
 * Loads what a search needs: the index of the pages and the list of calls. Without the list, pages are found alone.
 * @throws where there is no index
 */
export async function openSearch(): Promise<Search> {
  const [findPlaces, calls] = await Promise.all([openIndex(), readCalls().catch(() => [])])
  return async (words) => {
    const pages = await findPlaces(words)
    if (pages === null) return null
    const places = orderPlaces(pages, words).map((place): Hit => ({ kind: 'place', ...place }))
    const found = findCalls(calls, words).map((call): Hit => ({ kind: 'call', ...call }))
    return looksLikeCall(words) ? [...found, ...places] : [...places, ...found]
  }
}
