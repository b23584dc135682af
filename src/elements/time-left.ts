import { html, LitElement, type TemplateResult } from 'lit'
import { timeLeft } from '#playground/held-session.ts'

const nearlyMs = 60 * 1000 // one minute

/**
 * `<time-left>`: counts down to the end of a token. Set `endsAtMs` and `lifetimeMs`. A timer is not read aloud by
 * itself; `time-nearly-over` and `time-over` tell, once each, what is worth saying.
 */
export class TimeLeftElement extends LitElement {
  static override properties = { endsAtMs: { attribute: false }, lifetimeMs: { attribute: false } }
  declare endsAtMs: number
  /** From which the countdown came, for the bar. */
  declare lifetimeMs: number
  #timer: ReturnType<typeof setTimeout> | undefined
  #said: 'time-nearly-over' | 'time-over' | '' = ''

  constructor() {
    super()
    this.endsAtMs = 0
    this.lifetimeMs = 0
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.#tick)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('visibilitychange', this.#tick)
    clearTimeout(this.#timer)
  }

  /** In the page itself, so that the page's own styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('endsAtMs')) this.#said = ''
  }

  protected override render(): TemplateResult {
    const leftMs = Math.max(0, this.endsAtMs - Date.now())
    const share = this.lifetimeMs > 0 ? Math.min(1, leftMs / this.lifetimeMs) : 0
    return html`
      <span class="tl-text" role="timer" aria-label="Time until the token ends"
        >${timeLeft(this.endsAtMs, Date.now())}</span
      >
      <span class="tl-bar" aria-hidden="true"
        ><span style="inline-size: ${(share * 100).toFixed(1)}%"></span
      ></span>
    `
  }

  protected override updated(): void {
    const leftMs = this.endsAtMs - Date.now()
    if (leftMs <= 0) this.#say('time-over')
    else if (leftMs <= nearlyMs) this.#say('time-nearly-over')
    clearTimeout(this.#timer)
    // At the next full second; a tab in the background is woken late, and looks again when it is seen.
    if (leftMs > 0) this.#timer = setTimeout(this.#tick, leftMs % 1000 || 1000)
  }

  readonly #tick = (): void => this.requestUpdate()

  #say(what: 'time-nearly-over' | 'time-over'): void {
    if (this.#said === what) return
    this.#said = what
    this.dispatchEvent(new Event(what, { bubbles: true }))
  }
}
