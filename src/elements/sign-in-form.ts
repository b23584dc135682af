import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { canRepeat, endedPart, ownAccountPart } from '#playground/account-part.ts'
import {
  AgainEvent,
  CredentialsQueryEvent,
  type ExchangeEvent,
  SessionChangeEvent,
  SignInEvent,
} from '#playground/events.ts'
import {
  type Identity,
  isSameStanding,
  type Standing,
  standingAfter,
} from '#playground/held-session.ts'
import { splitApiKey } from '#playground/lane.ts'
import { logOutPart } from '#playground/log-out-part.ts'
import { askEveryLane, type LaneProof, proofSentence } from '#playground/log-out-proof.ts'
import type { RequestState } from '#playground/request.ts'
import { type Outcome, sessionCalls } from '#playground/session.ts'
import { type HeldCookie, readSetCookie } from '#playground/token-cookie.ts'
import { cookiesSetIn, withoutTrace } from '#playground/trace.ts'
import type { Exchange } from '#runner/contract.ts'
import { type Reader, SandboxUnavailable, tabReader } from '#runner/reader.ts'
import { isProbablySignedIn, signedInKey } from './cookie-owner.ts'
import { RunStateEvent } from './run-state.ts'
import { clockTime } from './token-view.ts'

const asking = 'Asking whom the cookie speaks for…'

/**
 * `<sign-in-form>`: signs in and out through the token flow of the API itself, and shows the token from three sides.
 * Signing out proves itself. When the token ends it offers to go on. `state` is `idle` or `busy`.
 */
export class SignInFormElement extends LitElement {
  readonly #calls = sessionCalls(location.origin)
  #gone = new AbortController()
  /** Undefined until the API has said so. */
  #standing: Standing | undefined
  /** As this page saw it being set; null where it did not. */
  #cookie: HeldCookie | null = null
  #isNearlyOver = false
  #doing = ''
  #isAskDue = false
  #problem = ''
  #exchange: Exchange | null = null
  #proofs: readonly LaneProof[] = []
  /** The last request that needed the cookie. */
  #repeats: RequestState | null = null

  override connectedCallback(): void {
    super.connectedCallback()
    this.#gone = new AbortController()
    this.#listen(this.#gone.signal)
    void this.#do(asking, () => this.#learnOwner())
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
          <h2 id="sif-title" tabindex="-1">Who you are here</h2>
          <p class="sif__status" role="status">${this.#statusText()}</p>
          <p class="sr-only" role="status">
            ${this.#proofs.length > 0 ? proofSentence(this.#proofs) : ''}
          </p>
          ${this.#problemPart()} ${this.#endedPart()} ${this.#actions()}
        </div>
        <div class="sif__more">${this.#ownAccountPart()} ${this.#exchangePart()}</div>
        <token-view .standing=${this.#standing} .cookie=${this.#cookie}></token-view>
        ${logOutPart(this.#proofs)}
      </section>
    `
  }

  #listen(signal: AbortSignal): void {
    document.addEventListener('exchange', (event) => this.#afterExchange(event), { signal })
    document.addEventListener('run-state', (event) => this.#afterRun(event), { signal })
    document.addEventListener('sign-in-again', () => this.#signInAgain({ repeat: true }), {
      signal,
    })
    this.addEventListener('time-over', () => this.#ask(), { signal })
    this.addEventListener('time-nearly-over', () => this.#warn(), { signal })
    window.addEventListener('offline', () => this.requestUpdate(), { signal })
    window.addEventListener('online', () => this.#ask(), { signal })
    // Another browser tab has signed in or out.
    window.addEventListener('storage', ({ key }) => key === signedInKey && this.#ask(), { signal })
  }

  #statusText(): string {
    if (this.#doing !== '') return this.#doing
    if (!navigator.onLine) return `${this.#standingText()} This browser is offline now.`
    return this.#standingText()
  }

  #standingText(): string {
    switch (this.#standing?.kind) {
      case undefined:
        return 'Not known yet.'
      case 'not asked':
        return 'Signed out, as far as this browser remembers.'
      case 'signed out':
        return 'Signed out: the browser holds no token that the API accepts.'
      case 'ended':
        return `Signed out: the token of ${this.#standing.session.username} has ended.`
      case 'signed in': {
        const { username } = this.#standing.session
        const end = this.#isNearlyOver ? ' It ends in less than a minute.' : ''
        return `Signed in: the token cookie speaks for ${username}.${end}`
      }
    }
  }

  #problemPart(): TemplateResult | typeof nothing {
    if (this.#problem === '') return nothing
    return html`
      <p class="bb-error" role="alert">${this.#problem}</p>
      ${
        this.#standing === undefined
          ? html`<div class="sif__actions">
              <button type="button" class="bb-button" data-kind="quiet" @click=${() => this.#ask()}>
                Ask again
              </button>
            </div>`
          : nothing
      }
    `
  }

  #endedPart(): TemplateResult | typeof nothing {
    if (this.#standing?.kind !== 'ended') return nothing
    const { username, kind, endsAtMs } = this.#standing.session
    return endedPart({
      username,
      at: clockTime(endsAtMs),
      isSandbox: kind === 'sandbox',
      repeats: this.#repeats,
      onSignIn: (how) => this.#signInAgain(how),
    })
  }

  #actions(): TemplateResult {
    return html`
      <div class="sif__actions">
        <button type="button" class="bb-button" @click=${() => void this.#useSandbox()}>
          Use a sandbox account
        </button>
        ${
          this.#standing?.kind === 'signed in'
            ? html`<button
                type="button"
                class="bb-button"
                data-kind="quiet"
                @click=${() => void this.#signOut()}
              >
                Sign out
              </button>`
            : nothing
        }
        ${
          this.#standing?.kind === 'not asked'
            ? html`<button
                type="button"
                class="bb-button"
                data-kind="quiet"
                @click=${() => this.#ask()}
              >
                Ask the server
              </button>`
            : nothing
        }
      </div>
      <p class="bb-hint">
        A throw-away account for 24 hours. Its key and password stay in this tab's memory.
      </p>
    `
  }

  #ownAccountPart(): TemplateResult {
    const ended = this.#standing?.kind === 'ended' ? this.#standing.session : null
    const isOwn = ended?.kind === 'own'
    return ownAccountPart({
      username: isOwn ? ended.username : '',
      isOpen: isOwn,
      repeats: isOwn ? this.#repeats : null,
      onSubmit: ({ username, password, repeat }) =>
        this.#doSignIn('Signing in…', () => this.#signIn({ username, password }, { repeat })),
    })
  }

  #exchangePart(): TemplateResult | typeof nothing {
    if (this.#exchange === null) return nothing
    return html`
      <details class="sif__exchange">
        <summary>The exchange behind this</summary>
        <exchange-view .exchange=${withoutTrace(this.#exchange)}></exchange-view>
      </details>
    `
  }

  #useSandbox(): Promise<boolean> {
    return this.#doSignIn('Opening a sandbox account…', async () => {
      const reader = await this.#openSandbox()
      if (reader?.password) await this.#signIn(reader, { repeat: false })
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

  /** A sandbox account signs in by itself; for an own one the password is asked for. */
  #signInAgain(how: { repeat: boolean }): void {
    if (this.#standing?.kind !== 'ended') return
    if (this.#standing.session.kind === 'own') {
      this.querySelector<HTMLElement>('#sif-password')?.focus()
      return
    }
    void this.#doSignIn('Signing in again…', async () => {
      const reader = await this.#openSandbox()
      if (reader?.password) await this.#signIn(reader, how)
    })
  }

  async #signIn(
    { username, password }: Pick<Reader, 'username' | 'password'>,
    { repeat }: { repeat: boolean },
  ): Promise<void> {
    this.#proofs = []
    if (!this.#seen(await this.#calls.signIn(username, password ?? ''))) return
    await this.#askOwner()
    if (repeat && this.#repeats !== null) this.dispatchEvent(new AgainEvent(this.#repeats))
  }

  #signOut(): Promise<boolean> {
    return this.#do('Signing out…', async () => {
      this.#proofs = []
      const known = { key: splitApiKey(tabReader.current?.apiKey ?? ''), token: '' }
      const query = new CredentialsQueryEvent({ ...known, key: known.key ?? noKey })
      this.dispatchEvent(query)
      const isSignedOut = this.#seen(await this.#calls.signOut())
      if (isSignedOut) this.#proofs = await askEveryLane(location.origin, query.known)
      await this.#askOwner({ afterLogOut: isSignedOut })
    })
  }

  #ask(): void {
    this.#isAskDue = true
    void this.#do(asking, () => this.#askOwner())
  }

  /** Where nobody was signed in, the API is not asked: a browser reports its 401 as an error of the page. */
  async #learnOwner(): Promise<void> {
    await Promise.resolve() // until the other elements of the page are there to hear of it
    if (isProbablySignedIn()) await this.#askOwner()
    else this.#become({ kind: 'not asked' })
  }

  async #askOwner({ afterLogOut = false } = {}): Promise<void> {
    this.#isAskDue = false
    const outcome = await this.#calls.whoAmI()
    if (outcome.ok) this.#stand(outcome.value, { afterLogOut })
    else this.#problem = outcome.problem
  }

  #stand(answer: Identity, { afterLogOut }: { afterLogOut: boolean }): void {
    // What a reader ended themselves did not run out.
    const before = this.#standing
    this.#become(standingAfter(afterLogOut ? null : (before ?? null), answer, Date.now()))
  }

  #become(standing: Standing): void {
    const before = this.#standing
    this.#standing = standing
    // Two browser tabs tell each other of changes: what is none must not be told, or they never stop.
    if (isSameStanding(before, standing)) return
    this.#isNearlyOver = false
    const session = standing.kind === 'signed in' ? standing.session : null
    const hasEnded = standing.kind === 'ended'
    const username = session?.username ?? null
    this.dispatchEvent(new SessionChangeEvent(username, { hasEnded, session }))
  }

  #warn(): void {
    this.#isNearlyOver = true
    this.requestUpdate()
  }

  /** Keeps an exchange and its problem for the screen. @returns whether it went well */
  #seen({ ok, exchange, ...rest }: Outcome<null>): boolean {
    this.#exchange = exchange
    this.#noteCookie(exchange)
    if ('problem' in rest) this.#problem = rest.problem
    return ok
  }

  /** What a trace tells of the token cookie; a sign-in of which none is told leaves it open. */
  #noteCookie(exchange: Exchange): void {
    if (!mayChangeSession(exchange)) return
    const cookies = cookiesSetIn(exchange).map(readSetCookie)
    this.#cookie = cookies.find((cookie) => cookie?.name === 'access_token') ?? null
  }

  /** Does it, and lets whoever sends requests wait for it. */
  #doSignIn(what: string, task: () => Promise<void>): Promise<boolean> {
    if (this.#doing !== '') return Promise.resolve(false)
    const done = this.#do(what, task)
    this.dispatchEvent(new SignInEvent(done.catch(() => false)))
    return done
  }

  /** One thing at a time: a second click waits for nothing and does nothing. @returns whether it went well */
  async #do(what: string, task: () => Promise<void>): Promise<boolean> {
    if (this.#doing !== '') return false
    const hadFocus = this.contains(document.activeElement)
    this.#problem = ''
    this.#show(what)
    try {
      await task()
    } finally {
      this.#show('')
      await this.updateComplete
      // What was pressed may be gone: whoever works by keyboard goes on from the title.
      if (hadFocus && document.activeElement === document.body) {
        this.querySelector<HTMLElement>('#sif-title')?.focus()
      }
    }
    if (this.#isAskDue) this.#ask()
    return this.#problem === ''
  }

  #show(doing: string): void {
    this.#doing = doing
    this.setAttribute('state', doing === '' ? 'idle' : 'busy')
    this.requestUpdate()
  }

  /** A call from the playground may have signed in or out, or have shown that the token has ended. */
  #afterExchange({ exchange, request }: ExchangeEvent): void {
    if (request !== null && canRepeat(request)) this.#repeats = request
    this.#noteCookie(exchange)
    const mayHaveEnded = exchange.response?.status === 401 && this.#standing?.kind === 'signed in'
    if (mayChangeSession(exchange) || mayHaveEnded) this.#ask()
  }

  /** A program that ran in the page may have signed in or out. */
  #afterRun(event: Event): void {
    if (!(event instanceof RunStateEvent)) return
    if (!['done', 'failed', 'stopped'].includes(event.state)) return
    this.#cookie = null
    this.#ask()
  }
}

const noKey = { username: '', secret: '' }

function mayChangeSession({ request }: Exchange): boolean {
  const { pathname } = new URL(request.url)
  return pathname.startsWith('/auth/v1/') && request.method !== 'GET'
}
