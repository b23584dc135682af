import type { SessionChangeEvent } from '#playground/events.ts'
import type { HeldSession } from '#playground/held-session.ts'
import type { Reader } from '#runner/reader.ts'
import { type AccountSummary, summarizeAccount } from './account-summary.ts'
import {
  askOwner,
  type CookieOwner,
  isProbablySignedIn,
  rememberSignedIn,
  signedInKey,
} from './cookie-owner.ts'

const answerMs = 60 * 1000 // one minute

/**
 * Who the reader is here, in the header of every page: not signed in, a sandbox account or an own one, and by what
 * the next run says so. Opened, it lets the reader choose. `kind` is `none`, `sandbox` or `own`. It asks the API only
 * where somebody was signed in a moment ago, and when it is opened.
 */
export class AccountChipElement extends HTMLElement {
  #reader: () => Reader | null = () => null
  #isFollowing = false
  #owner: CookieOwner | null = null
  /** Counts what was learned of the owner: an answer to an older question says nothing. */
  #learned = 0
  #gone = new AbortController()

  connectedCallback(): void {
    this.#gone = new AbortController()
    this.#readOwner()
    this.#show()
    this.#listen(this.#gone.signal)
  }

  disconnectedCallback(): void {
    this.#gone.abort()
    this.#isFollowing = false
  }

  #readOwner(): void {
    if (isForSignedOut()) rememberSignedIn(null)
    if (isForSignedIn() || isProbablySignedIn()) void this.#ask()
  }

  #listen(signal: AbortSignal): void {
    const panel = this.querySelector<HTMLElement>('[popover]')
    panel?.addEventListener('toggle', ({ newState }) => newState === 'open' && this.#open(panel), {
      signal,
    })
    for (const name of ['run-state', 'account-chosen']) {
      document.addEventListener(name, () => void this.#follow(), { signal })
    }
    document.addEventListener('session-change', (event) => this.#session(event), { signal })
    document.addEventListener('submit', foreseeSession, { signal })
    window.addEventListener('storage', ({ key }) => key === signedInKey && this.#followTabs(), {
      signal,
    })
  }

  #session({ username, session }: SessionChangeEvent): void {
    void this.#follow()
    if (username === null || session !== null) {
      this.#setOwner(session && ownerOf(session))
      return
    }
    this.#learned += 1
    // The page may be left before the answer is there.
    rememberSignedIn(Date.now() + answerMs)
    void this.#ask()
  }

  /** Another browser tab has found somebody, or nobody. */
  #followTabs(): void {
    if (isProbablySignedIn()) void this.#ask()
    else {
      this.#learned += 1
      this.#owner = null
      this.#show()
    }
  }

  #open(panel: HTMLElement): void {
    void import('./define/reader-account.ts').then(() => {
      if (panel.querySelector('reader-account')) return
      const account = document.createElement('reader-account')
      panel.querySelector('.account-links')?.before(account)
    })
    this.#show()
    void this.#follow()
    void this.#ask()
  }

  /** From now on hears of the tab's account. Only what loads at a click can change it, so that is early enough. */
  async #follow(): Promise<void> {
    if (this.#isFollowing) return
    this.#isFollowing = true
    const { signal } = this.#gone
    const { tabReader } = await import('#runner/reader.ts')
    if (signal.aborted) return
    this.#reader = () => tabReader.current
    tabReader.addEventListener('change', () => this.#show(), { signal })
    this.#show()
  }

  async #ask(): Promise<void> {
    const before = this.#learned
    const owner = await askOwner()
    if (owner !== undefined && before === this.#learned) this.#setOwner(owner)
  }

  #setOwner(owner: CookieOwner | null): void {
    this.#learned += 1
    this.#owner = owner
    rememberSignedIn(owner?.expiresAtMs ?? null)
    this.#show()
  }

  #show(): void {
    const summary = summarizeAccount(this.#reader(), this.#owner)
    this.setAttribute('kind', summary.kind)
    this.#write('.account-who', summary.who)
    this.#write('.account-lane', summary.lane)
    if (this.querySelector(':popover-open')) this.#showSentences(summary)
  }

  #showSentences({ sentences }: AccountSummary): void {
    const texts = sentences.map((sentence) => {
      const text = document.createElement('p')
      text.textContent = sentence
      return text
    })
    this.querySelector('.account-sentences')?.replaceChildren(...texts)
  }

  #write(selector: string, text: string): void {
    const element = this.querySelector(selector)
    if (element) element.textContent = text
  }
}

function ownerOf({ username, kind, expiresAtMs }: HeldSession): CookieOwner {
  return { username, isSandbox: kind === 'sandbox', expiresAtMs }
}

function isForSignedIn(): boolean {
  return location.pathname.startsWith('/dashboard/')
}

function isForSignedOut(): boolean {
  return /^\/(?:login|register)\b/.test(location.pathname)
}

/** A form of the pages outside the guide may begin or end a session, or the account: the next page finds out. */
function foreseeSession(): void {
  if (isForSignedIn()) rememberSignedIn(null) // where nothing ended, these pages ask anyhow
  if (isForSignedOut()) rememberSignedIn(Date.now() + answerMs)
}
