import '../trusted-types.ts'

/** What Pagefind says of a part of a page; of its answer, only what is used here. */
interface FoundPart {
  title: string
  url: string
  /** HTML: text with `<mark>` around what was found. */
  excerpt: string
  weighted_locations: readonly { balanced_score: number }[]
}

interface FoundPage {
  url: string
  meta: Readonly<Record<string, string>>
  sub_results: readonly FoundPart[]
}

interface Pagefind {
  options(options: { ranking: Readonly<Record<string, number>> }): Promise<void>
  init(): Promise<void>
  /** Null where a later search has taken its place. */
  debouncedSearch(
    words: string,
    options: object,
    waitMs: number,
  ): Promise<{ results: readonly { data(): Promise<FoundPage> }[] } | null>
}

/** A place that a search leads to: a page, or a section of it. */
export interface Place {
  url: string
  /** Heading of the section, or title of the page. */
  title: string
  /** Title of the page. */
  page: string
  /** HTML: text with `<mark>` around what was found. */
  excerpt: string
  /** How well it fits, beside the other places of its page. */
  score: number
}

/** Every place that a search has found, page by page, the best page first. */
export type FindPlaces = (words: string) => Promise<readonly (readonly Place[])[] | null>

const indexPath = '/pagefind/pagefind.js'
/** With less weight on how long a page is, a code leads to its section in the long list of errors. */
const ranking = { pageLength: 0.1, termFrequency: 0.1 }
const waitMs = 120
const maxPages = 10

/**
 * Opens the index that the build has made of all pages.
 * @returns searches it; null where a later search has taken over
 * @throws where there is no index, as in `astro dev`
 */
export async function openIndex(): Promise<FindPlaces> {
  const pagefind = (await import(/* @vite-ignore */ indexPath)) as Pagefind
  await pagefind.options({ ranking })
  await pagefind.init()
  return async (words) => {
    const found = await pagefind.debouncedSearch(words, {}, waitMs)
    if (found === null) return null
    const pages = await Promise.all(found.results.slice(0, maxPages).map((page) => page.data()))
    return pages.map(placesOf)
  }
}

function placesOf({ url, meta, sub_results: parts }: FoundPage): Place[] {
  const page = meta['title'] ?? url
  return parts.map((part) => ({
    url: withoutSlash(part.url),
    title: part.title,
    page,
    excerpt: part.excerpt,
    score: part.weighted_locations.reduce((sum, { balanced_score: score }) => sum + score, 0),
  }))
}

/** The index names pages by their folders; the links of this site do without the slash. */
function withoutSlash(url: string): string {
  return url.replace(/(.)\/(?:#_top)?(?=#|$)/, '$1')
}
