import { parsedApart } from '../trusted-types.ts'

const patienceMs = 15_000
const sidebar = '#starlight__sidebar'
const openGroups = `${sidebar} details[open]`
const svgSpace = 'http://www.w3.org/2000/svg'
/** What a list of the sidebar is made of. */
const tags = new Set(['ul', 'li', 'a', 'span', 'details', 'summary', 'svg', 'path'])
const attributes =
  /^(?:class|data-[\w-]+|aria-hidden|style|translate|viewBox|width|height|fill|d)$/i

/**
 * Fills the groups of a large site's sidebar when they are opened. Each has the link to its first page only, and that
 * page has the whole list; without this, a reader gets to it by that link.
 */
export class CutGroups {
  #document: Document
  #news: HTMLElement

  constructor(document: Document) {
    this.#document = document
    this.#news = document.createElement('p')
    this.#news.className = 'sr-only'
    this.#news.setAttribute('role', 'status')
  }

  /** Begins, also with groups that are open by now. */
  watch(): void {
    this.#placeNews()
    const opened = ({ target }: Event): void => {
      if (target instanceof HTMLDetailsElement && target.open) void this.#fill(target)
    }
    // After an edit in `astro dev` another sidebar takes the place of this one.
    this.#document.addEventListener('toggle', opened, { capture: true })
    for (const group of this.#document.querySelectorAll<HTMLDetailsElement>(openGroups)) {
      void this.#fill(group)
    }
  }

  #placeNews(): void {
    if (!this.#news.isConnected) this.#document.querySelector(sidebar)?.append(this.#news)
  }

  async #fill(group: HTMLDetailsElement): Promise<void> {
    const [list, link] = [group.querySelector('ul'), group.querySelector('a')]
    if (!list || !link || !isCut(group, link) || group.ariaBusy === 'true') return
    this.#placeNews()
    const name = nameOf(group)
    group.ariaBusy = 'true'
    this.#tell(list, 'Loading …', `Loading ${name}`)
    try {
      const entries = await readList(link.href, { name, depth: depthOf(group, link) })
      const hadFocus = list.contains(document.activeElement)
      list.replaceChildren(...entries)
      if (hadFocus) list.querySelector<HTMLElement>('a, summary')?.focus()
      this.#news.textContent = `${name} is loaded`
    } catch {
      const again = this.#tell(list, 'The list could not be loaded.', `${name} could not be loaded`)
      again.append(' ', this.#tryAgain(group))
    } finally {
      group.ariaBusy = null
    }
  }

  /** Says how it stands, below the first link and to screen readers. */
  #tell(list: Element, words: string, news: string): HTMLElement {
    const item = document.createElement('li')
    item.className = 'sidebar-note'
    item.textContent = words
    list.querySelector(':scope > .sidebar-note')?.remove()
    list.append(item)
    this.#news.textContent = news
    return item
  }

  #tryAgain(group: HTMLDetailsElement): HTMLButtonElement {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = 'Try again'
    button.addEventListener('click', () => {
      // It is about to go away, and the focus with it.
      group.querySelector('summary')?.focus()
      void this.#fill(group)
    })
    return button
  }
}

/** Whether what a group shows is less than its list. */
function isCut(group: Element, firstLink: HTMLElement): boolean {
  return Number(firstLink.dataset['more'] ?? 0) >= depthOf(group, firstLink)
}

/** How many lists of a group are around a link in it. */
function depthOf(group: Element, link: Element): number {
  let depth = 0
  for (let list = link.closest('ul'); list && group.contains(list); depth += 1) {
    list = listAround(list)
  }
  return depth
}

function listAround(element: Element | null): HTMLUListElement | null {
  return element?.parentElement?.closest('ul') ?? null
}

function nameOf(group: Element | null | undefined): string {
  return group?.querySelector('summary')?.textContent.trim() ?? ''
}

/**
 * Reads a list from the page of its first link, where that is the current one.
 * @throws {Error} if the page does not come, or knows no such list
 */
async function readList(
  url: string,
  { name, depth }: { name: string; depth: number },
): Promise<Element[]> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs) })
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}`)
  const page = new DOMParser().parseFromString(parsedApart(await answer.text()), 'text/html')
  let list: Element | null = page.querySelector(`${sidebar} [aria-current="page"]`)
  for (let outwards = 0; outwards < depth; outwards += 1) list = listAround(list)
  if (!list || nameOf(list.closest('details')) !== name) throw new Error(`${url} has no such list`)
  return [...list.children].flatMap(copyOf)
}

/** Makes an element of the sidebar anew, as it would be there: of no current page, and groups closed. */
function copyOf(source: Element): Element[] {
  if (!tags.has(source.localName)) return []
  const isDrawn = source.namespaceURI === svgSpace
  const copy = isDrawn
    ? document.createElementNS(svgSpace, source.localName)
    : document.createElement(source.localName)
  for (const { name, value } of source.attributes) {
    if (attributes.test(name)) copy.setAttribute(name, value)
  }
  if (source instanceof HTMLAnchorElement && /^https?:$/.test(source.protocol)) {
    copy.setAttribute('href', source.getAttribute('href') ?? '')
  }
  for (const child of source.childNodes) {
    if (child instanceof Element) copy.append(...copyOf(child))
    else if (child instanceof Text) copy.append(child.data)
  }
  return [copy]
}
