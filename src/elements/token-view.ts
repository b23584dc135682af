import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { HeldSession, Standing } from '#playground/held-session.ts'
import { documentedCookie, type HeldCookie, readSetCookie } from '#playground/token-cookie.ts'

const cookieLookMs = 1000 // one second

/**
 * `<token-view>`: one token from three sides: what a script sees of it, what the browser holds, and what the server
 * reads. Set `standing`, and `cookie` where this page saw the cookie being set. Fires `time-over` when it ends.
 */
export class TokenViewElement extends LitElement {
  static override properties = { standing: { attribute: false }, cookie: { attribute: false } }
  /** Undefined until the server was asked. */
  declare standing: Standing | undefined
  declare cookie: HeldCookie | null
  #gone = new AbortController()
  #visibleCookies = document.cookie

  constructor() {
    super()
    this.standing = undefined
    this.cookie = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#gone = new AbortController()
    const timer = setInterval(() => this.#lookAtCookies(), cookieLookMs)
    this.#gone.signal.addEventListener('abort', () => clearInterval(timer))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#gone.abort()
  }

  /** In the page itself, so that the page's own styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override render(): TemplateResult {
    const { standing, cookie } = this
    return html`
      <section class="tv-side" aria-labelledby="tv-scripts">
        <h3 id="tv-scripts">What JavaScript sees</h3>
        ${this.#scriptsPart()}
      </section>
      <section class="tv-side" aria-labelledby="tv-browser">
        <h3 id="tv-browser">What the browser holds</h3>
        ${browserPart(standing, cookie)}
      </section>
      <section class="tv-side" aria-labelledby="tv-server">
        <h3 id="tv-server">What the server reads in it</h3>
        ${serverPart(standing)}
      </section>
    `
  }

  #scriptsPart(): TemplateResult {
    return html`
      <p class="tv-code">
        <code>document.cookie</code>
        <output aria-labelledby="tv-scripts"
          >${this.#visibleCookies === '' ? '"" (empty)' : `"${this.#visibleCookies}"`}</output
        >
      </p>
      <p class="bb-hint">
        ${
          this.standing?.kind === 'signed in'
            ? 'Read again every second. HttpOnly keeps the token from every script, this one too.'
            : 'It stays empty when you sign in: the token comes in an HttpOnly cookie.'
        }
      </p>
    `
  }

  #lookAtCookies(): void {
    if (this.#visibleCookies === document.cookie) return
    this.#visibleCookies = document.cookie
    this.requestUpdate()
  }
}

function browserPart(standing: Standing | undefined, cookie: HeldCookie | null): TemplateResult {
  if (standing === undefined) return html`<p>Not known yet.</p>`
  if (standing.kind === 'not asked') {
    return html`
      <p>Nothing, as far as it remembers: nobody has signed in.</p>
      <p class="bb-hint">A script cannot look, and the server was not asked.</p>
    `
  }
  if (standing.kind === 'signed in') return heldCookiePart(standing.session, cookie)
  if (standing.code !== 'missing_token') {
    return html`<p>A cookie that the server has refused: <code>${standing.code}</code>.</p>`
  }
  const why =
    standing.kind === 'ended'
      ? 'It dropped the cookie when its Max-Age was over.'
      : cookie?.maxAgeSeconds === 0
        ? 'Log out took the cookie away: it was set again with Max-Age=0.'
        : 'It holds no cookie access_token.'
  return html`
    <p>Nothing. ${why}</p>
    <p class="bb-hint">A script cannot look: the server says that no token came.</p>
  `
}

/** The cookie as this page saw it being set, or as the API document describes it. */
function heldCookiePart(session: HeldSession, seen: HeldCookie | null): TemplateResult {
  const seconds = Math.round((session.expiresAtMs - session.issuedAtMs) / 1000)
  const isSeen = seen !== null && seen.maxAgeSeconds !== 0
  const documented = documentedCookie(seconds, { secure: location.protocol === 'https:' })
  const cookie = isSeen ? seen : readSetCookie(documented)
  if (cookie === null) return html``
  const { name, valueCharacters, attributes } = cookie
  return html`
    <dl class="tv-rows">
      <div>
        <dt><code>${name}</code></dt>
        <dd>
          ${valueCharacters === null ? 'Its value is hidden.' : `Its value is hidden: ${valueCharacters} characters.`}
        </dd>
      </div>
      ${attributes.map(
        ({ text, meaning }) =>
          html`<div>
            <dt><code>${text}</code></dt>
            <dd>${meaning}</dd>
          </div>`,
      )}
    </dl>
    <p class="bb-hint">
      ${
        isSeen
          ? 'As the server set it, by its trace.'
          : 'As the API document describes it: this page did not see it being set, or the account is your own, of which the server tells no trace.'
      }
    </p>
  `
}

function serverPart(standing: Standing | undefined): TemplateResult {
  if (standing === undefined) return html`<p>Not known yet.</p>`
  if (standing.kind === 'not asked') {
    return html`
      <p>Not asked yet.</p>
      <p class="bb-hint">Calls of the internal API are refused until you sign in.</p>
    `
  }
  if (standing.kind === 'signed in') return sessionPart(standing.session)
  return html`
    <p>
      Nothing:
      <a href="/docs/errors#${standing.code}">401 <code>${standing.code}</code></a
      >.
      ${standing.kind === 'ended' ? `The token ended at ${clockTime(standing.session.endsAtMs)}.` : nothing}
    </p>
    <p class="bb-hint">Calls of the internal API are refused until you sign in.</p>
  `
}

function sessionPart(session: HeldSession): TemplateResult {
  const { username, kind, claims, issuedAtMs, expiresAtMs, endsAtMs } = session
  return html`
    <p class="tv-ends">
      <time-left .endsAtMs=${endsAtMs} .lifetimeMs=${expiresAtMs - issuedAtMs}></time-left>
      <span>left, until ${clockTime(endsAtMs)}</span>
    </p>
    <p>
      Speaks for <b>${username}</b>,
      ${kind === 'sandbox' ? 'a sandbox account' : 'your own account'}.
    </p>
    <dl class="tv-rows" data-kind="claims">
      ${claims.map(
        ({ name, value, meaning }) =>
          html`<div>
            <dt><code>${name}</code> <span>${meaning}</span></dt>
            <dd><code>${value}</code> ${secondsOf(name, value)}</dd>
          </div>`,
      )}
    </dl>
  `
}

/** A moment in seconds since 1970 (RFC 7519 section 2, NumericDate) as a reader says it. */
function secondsOf(claim: string, value: string): string {
  return claim === 'iat' || claim === 'exp' ? clockTime(Number(value) * 1000) : ''
}

/** @returns the time of day here, with seconds */
export function clockTime(atMs: number): string {
  return new Date(atMs).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
}
