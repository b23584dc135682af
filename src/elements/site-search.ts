import type { Search } from '#search/search.ts'

const texts = {
  start: 'Type a word, an error code or the path of a call.',
  loading: 'Loading the index …',
  broken: 'The index of this site could not be loaded. Reload the page to try again.',
  none: (words: string) => `Nothing says “${words}”. Try fewer words, or another one.`,
  count: (found: number) => (found === 1 ? '1 result.' : `${found} results.`),
}

/** Where a slash is a letter and not a command. */
const writable = 'input, textarea, select, [contenteditable]'

/**
 * The search of the site: a button and a dialog. It opens by Ctrl+K (Command+K) and by a slash; the arrow keys go
 * through what was found, and Enter in the field follows the first of it. Index and list of calls are loaded when it
 * opens for the first time. `state` is `start`, `loading`, `found`, `none` or `broken`.
 */
export class SiteSearchElement extends HTMLElement {
  #search: Promise<Search> | null = null
  #finding: Promise<void> = Promise.resolve()
  #gone = new AbortController()

  connectedCallback(): void {
    this.#gone = new AbortController()
    this.#say('start', texts.start)
    this.#listen(this.#gone.signal)
    this.#button.disabled = false
  }

  disconnectedCallback(): void {
    this.#gone.abort()
  }

  /** Opens the dialog and takes what was typed elsewhere. */
  open(words?: string): void {
    if (!this.#dialog.open) this.#dialog.showModal()
    if (words !== undefined) this.#field.value = words
    this.#field.select()
    this.#finding = this.#find()
  }

  #listen(signal: AbortSignal): void {
    this.#button.addEventListener('click', () => this.open(), { signal })
    const find = (): void => void (this.#finding = this.#find())
    this.#field.addEventListener('input', find, { signal })
    this.#field.form?.addEventListener('submit', (event) => void this.#follow(event), { signal })
    this.#dialog.addEventListener('keydown', (event) => this.#move(event), { signal })
    this.#dialog.addEventListener('click', ({ target }) => this.#closeAfter(target), { signal })
    document.addEventListener('keydown', (event) => this.#shortcut(event), { signal })
  }

  #shortcut(event: KeyboardEvent): void {
    const isCommand = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k'
    const isSlash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey
    const isInText = event.target instanceof Element && event.target.closest(writable) !== null
    if (!isCommand && !(isSlash && !isInText)) return
    event.preventDefault()
    if (isCommand && this.#dialog.open) this.#dialog.close()
    else this.open()
  }

  async #find(): Promise<void> {
    try {
      if (this.#search === null) this.#say('loading', texts.loading)
      this.#search ??= import('#search/search.ts').then(({ openSearch }) => openSearch())
      const search = await this.#search
      const words = this.#field.value.trim()
      if (words === '') {
        this.#list.replaceChildren()
        this.#say('start', texts.start)
        return
      }
      const [hits, { hitItem }] = await Promise.all([search(words), import('./search-hits.ts')])
      // A later search shows what it finds; so does the field when it has been emptied since.
      if (hits === null || this.#field.value.trim() !== words) return
      this.#list.replaceChildren(...hits.map(hitItem))
      if (hits.length === 0) this.#say('none', texts.none(words))
      else this.#say('found', texts.count(hits.length))
    } catch {
      this.#search = null
      this.#list.replaceChildren()
      this.#say('broken', texts.broken)
    }
  }

  /** Enter in the field: the best of what was typed, once it is found. */
  async #follow(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    await this.#finding
    this.#links[0]?.click()
  }

  #move(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const isLetter = /^\S$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey
    // The letter arrives in the field: whoever goes on typing goes on searching.
    if (isLetter) this.#field.focus()
    if (step === undefined) return
    event.preventDefault()
    const stops: HTMLElement[] = [this.#field, ...this.#links]
    const at = stops.findIndex((stop) => stop === document.activeElement)
    stops[Math.min(Math.max(at + step, 0), stops.length - 1)]?.focus()
  }

  /** The dialog itself is hit only beside its content; a link may lead to a place of this page. */
  #closeAfter(target: EventTarget | null): void {
    const isLeaving = target instanceof Element && target.closest('a, [data-close]') !== null
    if (target === this.#dialog || isLeaving) this.#dialog.close()
  }

  #say(state: string, sentence: string): void {
    this.setAttribute('state', state)
    this.#status.textContent = sentence
  }

  get #links(): HTMLAnchorElement[] {
    return [...this.#list.querySelectorAll('a')]
  }

  get #button(): HTMLButtonElement {
    return found(this.querySelector('button'))
  }

  get #dialog(): HTMLDialogElement {
    return found(this.querySelector('dialog'))
  }

  get #field(): HTMLInputElement {
    return found(this.querySelector('input'))
  }

  get #list(): HTMLOListElement {
    return found(this.querySelector('ol'))
  }

  get #status(): HTMLElement {
    return found(this.querySelector<HTMLElement>('[role="status"]'))
  }
}

function found<Part extends HTMLElement>(part: Part | null): Part {
  if (!part) throw new TypeError('<site-search> lacks a part of its HTML')
  return part
}
