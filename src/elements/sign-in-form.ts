import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { type ExchangeEvent, SessionChangeEvent } from '#playground/events.ts'
import { type Outcome, sessionCalls } from '#playground/session.ts'
import type { Exchange } from '#runner/contract.ts'
import { type Reader, SandboxUnavailable, tabReader } from '#runner/reader.ts'
import { isProbablySignedIn } from './cookie-owner.ts'

const cookieLookMs = 1000 // one second

/**
 * `<sign-in-form>`: signs in and out through the token flow of the API itself, says whom the cookie speaks for, and
 * shows what a script can see of it. `state` is `idle` or `busy`.
 */
export class SignInFormElement extends LitElement {
  readonly #calls = sessionCalls(location.origin)
  #gone = new AbortController()
  /** Whom the cookie speaks for; undefined until the API has said so. */
  #owner: string | null | undefined
  #doing = ''
  #problem = ''
  #exchange: Exchange | null = null
  #visibleCookies = document.cookie

  override connectedCallback(): void {
    super.connectedCallback()
    this.#gone = new AbortController()
    this.#listen(this.#gone.signal)
    void this.#do('Asking whom the cookie speaks for…', () => this.#learnOwner())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#gone.abort()
  }

  /** In the page itself, so that the page's own styles hold. */
  protected override createRenderRoot(): HTMLElement {
    this.replaceChildren()
    return this
  }

  protected override render(): TemplateResult {
    return html`
      <section class="sif bb-card not-content" aria-labelledby="sif-title">
        <div class="sif__account">
          <h2 id="sif-title">Who you are here</h2>
          <p class="sif__status" role="status">${this.#statusText()}</p>
          ${
            this.#problem === ''
              ? nothing
              : html`<p class="bb-error" role="alert">${this.#problem}</p>`
          }
          ${this.#actions()} ${this.#ownAccountForm()}
        </div>
        <div class="sif__seen">${this.#seenByScripts()} ${this.#exchangePart()}</div>
      </section>
    `
  }

  #listen(signal: AbortSignal): void {
    document.addEventListener('exchange', (event) => this.#afterExchange(event), { signal })
    const timer = setInterval(() => this.#lookAtCookies(), cookieLookMs)
    signal.addEventListener('abort', () => clearInterval(timer))
  }

  #statusText(): string {
    if (this.#doing !== '') return this.#doing
    if (this.#owner === undefined) return 'Not known yet.'
    return this.#owner === null
      ? 'Signed out: the browser holds no token that the API accepts.'
      : `Signed in: the token cookie speaks for ${this.#owner}.`
  }

  #actions(): TemplateResult {
    return html`
      <div class="sif__actions">
        <button type="button" class="bb-button" @click=${() => this.#useSandbox()}>
          Use a sandbox account
        </button>
        ${
          this.#owner
            ? html`<button
                type="button"
                class="bb-button"
                data-kind="quiet"
                @click=${() => this.#signOut()}
              >
                Sign out
              </button>`
            : nothing
        }
      </div>
      <p class="bb-hint">
        A throw-away account for 24 hours. Its key and password stay in this tab's memory.
      </p>
    `
  }

  #ownAccountForm(): TemplateResult {
    return html`
      <details class="sif__own">
        <summary>Sign in with your own account</summary>
        <form class="bb-form" @submit=${(event: SubmitEvent) => this.#submit(event)}>
          <div class="bb-field">
            <label for="sif-username">Account username</label>
            <input
              id="sif-username"
              name="username"
              autocomplete="username"
              autocapitalize="none"
              spellcheck="false"
              required
            />
          </div>
          <div class="bb-field">
            <label for="sif-password">Password</label>
            <input
              id="sif-password"
              name="password"
              type="password"
              autocomplete="current-password"
              required
            />
          </div>
          <button type="submit" class="bb-button">Sign in</button>
        </form>
      </details>
    `
  }

  #seenByScripts(): TemplateResult {
    return html`
      <h3 id="sif-seen">What JavaScript sees</h3>
      <p class="sif__cookies">
        <code>document.cookie</code>
        <output aria-labelledby="sif-seen">
          ${this.#visibleCookies === '' ? '"" (empty)' : `"${this.#visibleCookies}"`}
        </output>
      </p>
      <p class="bb-hint">
        ${
          this.#owner
            ? 'The browser holds the cookie access_token and sends it. HttpOnly keeps it from every script.'
            : 'It stays empty when you sign in: the token comes in an HttpOnly cookie.'
        }
      </p>
    `
  }

  #exchangePart(): TemplateResult | typeof nothing {
    if (this.#exchange === null) return nothing
    return html`
      <details class="sif__exchange">
        <summary>The exchange behind this</summary>
        <exchange-view .exchange=${this.#exchange}></exchange-view>
      </details>
    `
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const typed = new FormData(form)
    const text = (name: string): string => {
      const value = typed.get(name)
      return typeof value === 'string' ? value : ''
    }
    void this.#do('Signing in…', () => this.#signIn(text('username'), text('password'))).then(
      () => {
        if (this.#problem === '') form.reset()
      },
    )
  }

  #useSandbox(): void {
    void this.#do('Opening a sandbox account…', async () => {
      const reader = await this.#openSandbox()
      if (reader?.password) await this.#signIn(reader.username, reader.password)
    })
  }

  async #openSandbox(): Promise<Reader | null> {
    try {
      return await tabReader.useSandbox()
    } catch (error) {
      if (!(error instanceof SandboxUnavailable)) throw error
      this.#problem = error.message
      return null
    }
  }

  #signOut(): void {
    void this.#do('Signing out…', async () => {
      if (this.#seen(await this.#calls.signOut()) === undefined) await this.#askOwner()
      else this.#own(null)
    })
  }

  async #signIn(username: string, password: string): Promise<void> {
    if (this.#seen(await this.#calls.signIn(username, password)) !== undefined) {
      await this.#askOwner()
    }
  }

  /** Where nobody was signed in, the API is not asked: a browser reports its 401 as an error of the page. */
  async #learnOwner(): Promise<void> {
    await Promise.resolve() // until the other elements of the page are there to hear of it
    if (isProbablySignedIn()) await this.#askOwner()
    else this.#own(null)
  }

  async #askOwner(): Promise<void> {
    const outcome = await this.#calls.whoAmI()
    if (outcome.ok) this.#own(outcome.value)
    else this.#problem = outcome.problem
  }

  #own(username: string | null): void {
    this.#owner = username
    this.dispatchEvent(new SessionChangeEvent(username))
  }

  /** Keeps an exchange and its problem for the screen. @returns its value; undefined when there is none. */
  #seen<T>(outcome: Outcome<T>): T | undefined {
    this.#exchange = outcome.exchange
    if (outcome.ok) return outcome.value
    this.#problem = outcome.problem
    return undefined
  }

  /** One thing at a time: a second click waits for nothing and does nothing. */
  async #do(what: string, task: () => Promise<void>): Promise<void> {
    if (this.#doing !== '') return
    this.#problem = ''
    this.#show(what)
    try {
      await task()
    } finally {
      this.#show('')
    }
  }

  #show(doing: string): void {
    this.#doing = doing
    this.setAttribute('state', doing === '' ? 'idle' : 'busy')
    this.requestUpdate()
  }

  /** A call from the playground may have signed in or out, or have shown that the token has ended. */
  #afterExchange({ exchange: { request, response } }: ExchangeEvent): void {
    const isAuth = new URL(request.url).pathname.startsWith('/auth/v1/')
    const maySign = isAuth && request.method !== 'GET'
    const mayHaveEnded = response?.status === 401 && this.#owner !== null
    if (!maySign && !mayHaveEnded) return
    void this.#do('Asking whom the cookie speaks for…', () => this.#askOwner())
  }

  #lookAtCookies(): void {
    if (this.#visibleCookies === document.cookie) return
    this.#visibleCookies = document.cookie
    this.requestUpdate()
  }
}
