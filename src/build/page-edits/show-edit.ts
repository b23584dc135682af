/** Runs in the pages of `astro dev`: puts the new text of the page in place of the old, without loading it again. */
import { pageEdited } from './page-edited.ts'

/** What an edit of a page can change beside its title. */
const regions = ['main', '#starlight__sidebar', '.right-sidebar', 'footer']
/** Astro notes an edit in its store as well, half a second later, and has every page load again for it. */
const echoMs = 3000

let shown = ''
let editedAt = -Infinity

async function showEdit(): Promise<void> {
  const response = await fetch(location.href, { cache: 'no-store' })
  const html = await response.text()
  if (html === shown) return
  const next = new DOMParser().parseFromString(html, 'text/html')
  // A mistake in the page is answered with the overlay.
  if (!response.ok || !isSameFrame(next)) {
    location.reload()
    return
  }
  shown = html
  document.title = next.title
  for (const region of regions) {
    const [from, to] = [document.querySelector(region), next.querySelector(region)]
    if (from && to) from.replaceWith(document.adoptNode(to))
  }
}

/** Whether a page has the styles and scripts that are loaded already. */
function isSameFrame(next: Document): boolean {
  return loadedBy(next).every((address) => loadedBy(document).includes(address))
}

function loadedBy(page: Document): string[] {
  const elements = page.querySelectorAll('link[rel="stylesheet"], script[src]')
  return [...elements].map(
    (element) => element.getAttribute('href') ?? element.getAttribute('src') ?? '',
  )
}

import.meta.hot?.on(pageEdited, () => {
  editedAt = performance.now()
  void showEdit()
})

import.meta.hot?.on('vite:beforeFullReload', (payload) => {
  if (performance.now() - editedAt > echoMs) return
  // Vite leaves a page alone whose path is not the one that is to be loaded again.
  payload.path = '/no-page.html'
  void showEdit()
})
