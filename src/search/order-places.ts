import type { Place } from './site-index.ts'

const maxOfOnePage = 3
const maxPlaces = 16

/**
 * What is shown of what was found, the best first: a section whose heading is what was typed comes before all, such
 * as that of an error code; then page by page in the order of the index, with the best sections of each.
 */
export function orderPlaces(pages: readonly (readonly Place[])[], words: string): Place[] {
  const isExact = ({ title }: Place): boolean => plain(title) === plain(words)
  const shown = pages.flatMap((places) =>
    places.toSorted((a, b) => rank(b, isExact) - rank(a, isExact)).slice(0, maxOfOnePage),
  )
  return shown.toSorted((a, b) => Number(isExact(b)) - Number(isExact(a))).slice(0, maxPlaces)
}

function rank(place: Place, isExact: (place: Place) => boolean): number {
  return isExact(place) ? Infinity : place.score
}

function plain(text: string): string {
  return text.trim().toLowerCase()
}
