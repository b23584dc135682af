import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { callPart } from '#playground/call-part.ts'
import { Drafts, exampleValues } from '#playground/drafts.ts'
import {
  type AgainEvent,
  type CredentialsQueryEvent,
  ExchangeEvent,
  type SessionChangeEvent,
  SignInAgainEvent,
  type SignInEvent,
} from '#playground/events.ts'
import { controlId } from '#playground/field-part.ts'
import { fieldsPart, headersPart } from '#playground/fields-part.ts'
import { History } from '#playground/history.ts'
import { type KeyParts, splitApiKey } from '#playground/lane.ts'
import { lanePart } from '#playground/lane-part.ts'
import { type Operation, type OperationGroup, readOperations } from '#playground/operations.ts'
import { type Advice, adviseOn, planRequest, type RequestState } from '#playground/request.ts'
import { fragmentOf, readFragment } from '#playground/request-link.ts'
import { resultPart } from '#playground/result-part.ts'
import { send } from '#playground/send.ts'
import type { Exchange } from '#runner/contract.ts'
import { tabReader } from '#runner/reader.ts'

const firstOperation = 'GET /api/v1/stats'

/**
 * `<request-form>`: builds a request from `/openapi.json`, shows it as it will be sent, sends it from this page and
 * shows the answer. `state` is `loading`, `ready`, `busy` or `failed` (no document). What is typed lives in this
 * element's memory and nowhere else.
 */
export class RequestFormElement extends LitElement {
  #gone = new AbortController()
  #groups: readonly OperationGroup[] = []
  #operation: Operation | null = null
  readonly #drafts = new Drafts()
  #key: KeyParts = { username: '', secret: '' }
  #token = ''
  #moreHeaders = ''
  #search = ''
  readonly #history = new History()
  #showSecrets = false
  #cookieOwner: string | null | undefined
  /** The token of this page has run out. */
  #hasEnded = false
  #problem = ''
  /** The sign-in that is under way. */
  #signIn: Promise<boolean> | null = null
  #sending: AbortController | null = null
  #status = ''
  #linkNote = ''
  #exchange: Exchange | null = null

  override connectedCallback(): void {
    super.connectedCallback()
    this.#gone = new AbortController()
    this.#listen(this.#gone.signal)
    this.#takeKey()
    void this.#load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#gone.abort()
    this.#sending?.abort()
  }

  /** In the page itself, so that the page's own styles hold. */
  protected override createRenderRoot(): HTMLElement {
    this.replaceChildren()
    return this
  }

  protected override render(): TemplateResult {
    const state = this.#request()
    if (state === null) return this.#notReady()
    const advice = adviseOn(state)
    return html`
      <div class="rf not-content">
        <form
          class="rf__request bb-card"
          aria-label="Request"
          novalidate
          @submit=${(event: SubmitEvent) => this.#submit(event)}
          @keydown=${(event: KeyboardEvent) => this.#sendByKeys(event)}
        >
          ${callPart({
            groups: this.#groups,
            operation: state.operation,
            search: this.#search,
            onSearch: (typed) => this.#change(() => (this.#search = typed)),
            onChoose: (id) => this.#choose(id),
          })}
          ${fieldsPart({
            state,
            showSecrets: this.#showSecrets,
            advice,
            onValue: (id, value) =>
              this.#change(() => this.#drafts.setValues(state.operation, { [id]: value })),
            onExamples: () => this.#fillExamples(state),
          })}
          ${this.#lane(state, advice)}
          ${headersPart({
            text: this.#moreHeaders,
            advice,
            onInput: (text) => this.#change(() => (this.#moreHeaders = text)),
          })}
          ${this.#buttons()}
        </form>
        <div class="rf__result">
          ${resultPart({
            state,
            showSecrets: this.#showSecrets,
            exchange: this.#exchange,
            status: this.#status,
            hasEnded: this.#hasEnded,
            onSignInAgain: () => this.dispatchEvent(new SignInAgainEvent()),
            onShowSecrets: (show) => this.#change(() => (this.#showSecrets = show)),
            onLink: () => void this.#copyLink(state),
            linkNote: this.#linkNote,
          })}
          <request-history .entries=${this.#history.entries}></request-history>
        </div>
      </div>
    `
  }

  #listen(signal: AbortSignal): void {
    const redraw = () => this.requestUpdate()
    tabReader.addEventListener('change', () => this.#takeKey(), { signal })
    document.addEventListener('session-change', (event) => this.#takeSession(event), { signal })
    document.addEventListener('sign-in', (event) => this.#awaitSignIn(event), { signal })
    document.addEventListener('again', (event) => this.#sendAgain(event), { signal })
    document.addEventListener('credentials-query', (event) => this.#tellCredentials(event), {
      signal,
    })
    window.addEventListener('hashchange', () => this.#openLink(), { signal })
    window.addEventListener('online', redraw, { signal })
    window.addEventListener('offline', redraw, { signal })
  }

  async #load(): Promise<void> {
    this.#problem = ''
    this.#setState('loading')
    try {
      const response = await fetch('/openapi.json', { signal: this.#gone.signal })
      if (!response.ok) throw new Error(`the server answered ${response.status}`)
      this.#groups = readOperations(await response.json())
      this.#choose(firstOperation)
      this.#openLink()
      this.#setState('ready')
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error)
      this.#setState('failed')
    }
  }

  #notReady(): TemplateResult {
    return html`
      <div class="bb-card not-content" role="status">
        ${
          this.#problem === ''
            ? html`<p>Reading the list of calls…</p>`
            : html`
                <p>The list of calls (/openapi.json) could not be read: ${this.#problem}.</p>
                <button type="button" class="bb-button" @click=${() => this.#load()}>
                  Try again
                </button>
              `
        }
      </div>
    `
  }

  #lane({ operation, lane, key, token }: RequestState, advice: readonly Advice[]): TemplateResult {
    return lanePart({
      lane,
      key,
      token,
      showSecrets: this.#showSecrets,
      cookieOwner: this.#cookieOwner,
      advice,
      onLane: (chosen) => this.#change(() => this.#drafts.setLane(operation, chosen)),
      onKey: (typed) => this.#change(() => (this.#key = typed)),
      onToken: (typed) => this.#change(() => (this.#token = typed)),
    })
  }

  #buttons(): TemplateResult {
    const isBusy = this.#sending !== null
    return html`
      ${
        navigator.onLine
          ? nothing
          : html`<p class="bb-notice" data-kind="bad">
              This browser is offline: nothing will reach the server.
            </p>`
      }
      <div class="rf-send">
        <button type="submit" class="bb-button" aria-disabled=${isBusy ? 'true' : nothing}>
          Send
        </button>
        ${
          isBusy
            ? html`<button
                type="button"
                class="bb-button"
                data-kind="quiet"
                @click=${() => this.#sending?.abort()}
              >
                Stop
              </button>`
            : nothing
        }
        <span class="bb-hint"><kbd>Ctrl</kbd> or <kbd>⌘</kbd> + <kbd>Enter</kbd></span>
      </div>
    `
  }

  /** All that was chosen and typed, as one state; null until the calls are known. */
  #request(): RequestState | null {
    const operation = this.#operation
    if (operation === null) return null
    const { values, lane } = this.#drafts.of(operation)
    const [key, token, moreHeaders] = [this.#key, this.#token, this.#moreHeaders]
    return { operation, values, lane, key, token, moreHeaders }
  }

  #choose(operationId: string): void {
    const operations = this.#groups.flatMap((group) => group.operations)
    const chosen = operations.find(({ id }) => id === operationId) ?? operations[0]
    this.#linkNote = ''
    this.#change(() => (this.#operation = chosen ?? null))
  }

  /** A link fills the form; what it asks for is sent by its reader, or not at all. */
  #openLink(): void {
    const linked = readFragment(location.hash)
    const operations = this.#groups.flatMap((group) => group.operations)
    const operation = operations.find(({ id }) => id === linked?.operationId)
    if (!linked || !operation) return
    const open = operation.fields.filter(({ id, secret }) => !secret && id in linked.values)
    const values = Object.fromEntries(open.map(({ id }) => [id, linked.values[id] ?? '']))
    this.#drafts.setValues(operation, values)
    this.#drafts.setLane(operation, linked.lane)
    this.#choose(operation.id)
  }

  async #copyLink(state: RequestState): Promise<void> {
    const fragment = fragmentOf(state)
    if (fragment === null) this.#linkNote = 'This request is too long for a link.'
    else {
      history.replaceState(null, '', fragment)
      try {
        await navigator.clipboard.writeText(location.href)
        this.#linkNote = 'Copied. It holds no key, password, token or typed header.'
      } catch {
        this.#linkNote = 'The link is in the address bar. It holds no secret.'
      }
    }
    this.requestUpdate()
  }

  /** Shows the request of the session again and sends it as it was. */
  #sendAgain({ request: state }: AgainEvent): void {
    if (this.#sending !== null) return
    const { operation, values, lane, key, token, moreHeaders } = state
    this.#drafts.setValues(operation, values)
    this.#drafts.setLane(operation, lane)
    this.#key = key
    this.#token = token
    this.#moreHeaders = moreHeaders
    this.#choose(operation.id)
    void this.#send(state)
  }

  #fillExamples({ operation, values }: RequestState): void {
    const examples = exampleValues(operation, values, tabReader.current)
    this.#change(() => this.#drafts.setValues(operation, examples))
  }

  /** The key of the tab's reader, as long as there is one, takes the place of what was typed. */
  #takeKey(): void {
    const key = splitApiKey(tabReader.current?.apiKey ?? '')
    if (key !== null) this.#change(() => (this.#key = key))
  }

  #takeSession({ username, hasEnded }: SessionChangeEvent): void {
    this.#change(() => {
      this.#cookieOwner = username
      this.#hasEnded = hasEnded
    })
  }

  #awaitSignIn({ done }: SignInEvent): void {
    this.#signIn = done
    void done.then(() => {
      if (this.#signIn === done) this.#signIn = null
    })
  }

  /** What is typed here is what a log out can be tried against. */
  #tellCredentials(event: CredentialsQueryEvent): void {
    const hasKey = this.#key.username !== '' && this.#key.secret !== ''
    event.known = { key: hasKey ? this.#key : event.known.key, token: this.#token }
  }

  #sendByKeys(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    ;(event.currentTarget as HTMLFormElement).requestSubmit()
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (this.#sending !== null) return
    if (this.#signIn === null) this.#sendForm()
    else void this.#sendAfter(this.#signIn)
  }

  /** Without the cookie and the key that are on their way it would be another request. */
  async #sendAfter(signIn: Promise<boolean>): Promise<void> {
    const waiting = new AbortController()
    this.#sending = waiting
    this.#status = 'Waiting for the sign-in…'
    this.#setState('busy')
    const hasWorked = await Promise.race([signIn, abortOf(waiting.signal)])
    this.#sending = null
    this.#setState('ready')
    if (hasWorked === null) this.#status = 'Not sent: stopped while it waited for the sign-in.'
    else if (!hasWorked) this.#status = 'Not sent: the sign-in that it waited for failed.'
    else this.#sendForm()
  }

  #sendForm(): void {
    const state = this.#request()
    if (state === null) return
    const obstacle = adviseOn(state).find((advice) => advice.stops)
    if (obstacle) this.#pointTo(obstacle)
    else void this.#send(state)
  }

  #pointTo({ about, message }: Advice): void {
    this.#change(() => (this.#status = `Not sent: ${message}`))
    const id = about === 'key' ? 'rf-key-secret' : controlId(about) // only a key or a field stops
    this.querySelector<HTMLElement>(`#${id}`)?.focus()
  }

  async #send(state: RequestState): Promise<void> {
    const sending = new AbortController()
    this.#sending = sending
    this.#status = 'Sending…'
    this.#setState('busy')
    const request = planRequest(state, location.origin)
    const exchange = await send(request, { signal: sending.signal, traced: true })
    this.#sending = null
    this.#exchange = exchange
    this.#history.add(state, exchange)
    this.#status = statusOf(exchange)
    this.#setState('ready')
    this.dispatchEvent(new ExchangeEvent(exchange, state))
    await this.updateComplete
    this.querySelector('.rf-answer')?.scrollIntoView({ block: 'nearest' })
    // The button that asked for it may be gone.
    if (document.activeElement === document.body) {
      this.querySelector<HTMLElement>('#rf-answer-title')?.focus({ preventScroll: true })
    }
  }

  #change(apply: () => void): void {
    apply()
    this.requestUpdate()
  }

  #setState(state: 'loading' | 'ready' | 'busy' | 'failed'): void {
    this.setAttribute('state', state)
    this.requestUpdate()
  }
}

function abortOf(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { once: true })
  })
}

function statusOf({ response, error, durationMs }: Exchange): string {
  if (response === null) return error ?? 'No answer.'
  const status = `${response.status} ${response.statusText}`.trim()
  return `${status}, ${Math.round(durationMs)} ms`
}
