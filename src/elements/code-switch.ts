import { linkedSampleId } from './code-link.ts'
import { chooseCodeLanguage, codeLanguage, onCodeLanguage } from './code-language.ts'
import { tabAfterKey } from './tab-keys.ts'

/**
 * Samples that do the same thing in several languages, one at a time, behind tabs. Every code-switch of a page
 * shows the same language. The markup, tabs included, comes from the build (`src/build/markdown/code-switch.ts`).
 *
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */
export class CodeSwitchElement extends HTMLElement {
  #tabs: readonly HTMLElement[] = []
  #gone = new AbortController()

  connectedCallback(): void {
    this.#gone = new AbortController()
    this.#read()
    this.#render()
    this.#listen(this.#gone.signal)
  }

  disconnectedCallback(): void {
    this.#gone.abort()
  }

  #read(): void {
    this.#tabs = [...this.querySelectorAll<HTMLElement>(':scope > [role=tablist] > [role=tab]')]
  }

  #render(): void {
    this.#show(this.#tabOf(codeLanguage()) ?? this.#tabs[0])
    this.#openFragment()
  }

  #listen(signal: AbortSignal): void {
    for (const tab of this.#tabs) {
      tab.addEventListener('click', () => this.#choose(tab), { signal })
      tab.addEventListener('keydown', (event) => this.#onKey(event, tab), { signal })
      // The browser's search on the page has found something in a sample that is not shown.
      this.#sampleOf(tab)?.addEventListener('beforematch', () => this.#show(tab), { signal })
    }
    onCodeLanguage((language) => this.#show(this.#tabOf(language)), signal)
    window.addEventListener('hashchange', () => this.#openFragment(), { signal })
  }

  #onKey(event: KeyboardEvent, tab: HTMLElement): void {
    const at = this.#tabs.indexOf(tab)
    const next = this.#tabs[tabAfterKey(event, { at, count: this.#tabs.length }) ?? -1]
    if (!next) return
    event.preventDefault()
    this.#choose(next)
  }

  /** Every code-switch above this one may grow or shrink: the tab stays under the reader's pointer all the same. */
  #choose(tab: HTMLElement): void {
    const before = tab.getBoundingClientRect().top
    chooseCodeLanguage(tab.dataset['language'] ?? '')
    tab.focus({ preventScroll: true })
    window.scrollBy({ top: tab.getBoundingClientRect().top - before, behavior: 'instant' })
    tab.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' })
  }

  /** Opens the sample that the URL names. This is not a choice: it is not remembered, and no other follows. */
  #openFragment(): void {
    const { hash } = location
    const id = linkedSampleId(hash) ?? hash.slice(1)
    const tab = this.#tabs.find((each) => id !== '' && this.#sampleOf(each)?.id === id)
    if (!tab) return
    this.#show(tab)
    this.scrollIntoView()
  }

  #show(shown: HTMLElement | undefined): void {
    if (!shown) return
    for (const tab of this.#tabs) {
      const isShown = tab === shown
      tab.ariaSelected = String(isShown)
      tab.tabIndex = isShown ? 0 : -1
      const sample = this.#sampleOf(tab)
      if (isShown) showPanel(sample, tab)
      else hidePanel(sample)
    }
  }

  #tabOf(language: string | undefined): HTMLElement | undefined {
    return this.#tabs.find((tab) => tab.dataset['language'] === language)
  }

  #sampleOf(tab: HTMLElement): HTMLElement | null {
    const id = tab.getAttribute('aria-controls') ?? ''
    return this.querySelector<HTMLElement>(`:scope > #${CSS.escape(id)}`)
  }
}

function showPanel(sample: HTMLElement | null, tab: HTMLElement): void {
  sample?.removeAttribute('hidden')
  sample?.setAttribute('role', 'tabpanel')
  sample?.setAttribute('aria-labelledby', tab.id)
}

/** Hidden, a sample is nothing to assistive technology, yet the browser's search on the page finds it. */
function hidePanel(sample: HTMLElement | null): void {
  sample?.setAttribute('hidden', 'until-found')
  sample?.removeAttribute('role')
  sample?.removeAttribute('aria-labelledby')
}
