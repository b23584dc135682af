/** Runs in the pages of `astro dev`: puts the failures of the page's samples above its text. */
import { failuresChanged, failuresPath } from './failing-samples-address.ts'
import type { PageFailure, SamplesReport } from './samples-report.ts'

const bannerId = 'failing-samples'

async function showFailures(): Promise<void> {
  const response = await fetch(failuresPath)
  const pages = (await response.json()) as SamplesReport['pages']
  const failures = pages[pageName(location.pathname)] ?? []
  document.getElementById(bannerId)?.remove()
  if (failures.length > 0) document.querySelector('main')?.prepend(bannerOf(failures))
}

/** The page's path below `content/`, without ending. */
function pageName(path: string): string {
  return path.replace(/^\/|\/$/g, '') || 'index'
}

function bannerOf(failures: readonly PageFailure[]): HTMLElement {
  const banner = document.createElement('aside')
  banner.id = bannerId
  banner.className = 'bb-notice not-content'
  banner.dataset['kind'] = 'bad'
  banner.role = 'alert'
  const title = document.createElement('p')
  title.append(
    strong(failures.length === 1 ? 'A sample fails' : `${failures.length} failures in samples`),
  )
  const list = document.createElement('ul')
  list.append(...failures.map(itemOf))
  banner.append(title, list)
  return banner
}

function itemOf({ place, sample, problem, mend }: PageFailure): HTMLElement {
  const item = document.createElement('li')
  const link = document.createElement('a')
  link.textContent = place
  link.style.color = 'var(--sl-color-text-accent)'
  if (sample !== '') link.href = `#${sample}`
  item.append(link, document.createElement('br'), strong(problem), ` ${mend}`)
  return item
}

function strong(text: string): HTMLElement {
  const element = document.createElement('strong')
  element.textContent = text
  return element
}

import.meta.hot?.on(failuresChanged, () => void showFailures())
void showFailures()
