import { nearestPaths } from '#search/nearest-paths.ts'
import { parsedApart } from '../trusted-types.ts'

/** No address of ours is longer, and what is typed beyond it is nothing that could be compared. */
const maxTypedCharacters = 200

/**
 * On the page for what is not there: the pages whose address is nearest to the one that was asked for, and a button
 * that searches for its words. Until it runs, what stands in it holds for everybody.
 */
export class NearestPagesElement extends HTMLElement {
  #gone = new AbortController()

  connectedCallback(): void {
    this.#gone = new AbortController()
    void this.#offer()
  }

  disconnectedCallback(): void {
    this.#gone.abort()
  }

  async #offer(): Promise<void> {
    const typed = location.pathname.slice(0, maxTypedCharacters)
    const known = [...(await readSitemap(this.#gone.signal)), ...linkedPaths()]
    const paths = nearestPaths(typed, known)
    if (this.#gone.signal.aborted) return
    if (paths.length > 0) this.prepend(suggestions(paths))
    this.querySelector('button')?.addEventListener('click', () => search(typed), {
      signal: this.#gone.signal,
    })
    this.querySelector('button')?.removeAttribute('hidden')
  }
}

/** The paths of all pages. A page without suggestions is better than none, so a failure is silence. */
async function readSitemap(signal: AbortSignal): Promise<string[]> {
  const answer = await fetch('/sitemap-0.xml', { signal }).catch(() => undefined)
  if (!answer?.ok) return []
  const sitemap = new DOMParser().parseFromString(
    parsedApart(await answer.text()),
    'application/xml',
  )
  return [...sitemap.getElementsByTagName('loc')].map(({ textContent }) => {
    return new URL(textContent, location.origin).pathname
  })
}

/** The pages that the sitemap leaves out, such as the settings, are linked from every page. */
function linkedPaths(): string[] {
  return [...document.links]
    .filter(({ origin }) => origin === location.origin)
    .map(({ pathname }) => pathname)
}

function suggestions(paths: readonly string[]): HTMLElement {
  const section = document.createElement('section')
  const head = document.createElement('h2')
  head.textContent = 'Did you mean'
  const list = document.createElement('ul')
  list.append(
    ...paths.map((path) => {
      const [item, link] = [document.createElement('li'), document.createElement('a')]
      link.href = path
      link.textContent = path
      link.translate = false
      item.append(link)
      return item
    }),
  )
  section.append(head, list)
  return section
}

/** Searches for the last words of an address: `/docs/api_keys` is a search for "api keys". */
function search(path: string): void {
  const words = path
    .replace(/\/$/, '')
    .replace(/^.*\//, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
  document.querySelector('site-search')?.open(words.trim())
}
