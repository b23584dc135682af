import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { Exchange, Language, RunEvent } from '#runner/contract.ts'
import { limits } from '#runner/contract.ts'
import { needsReader, tabReader } from '#runner/reader.ts'
import type { Run, RunResult } from '#runner/run-sample.ts'
import { startRun } from '#runner/run-sample.ts'
import { signInChange } from '#runner/sign-in-change.ts'
import { errorPart, exchangesPart, printedPart, progressPart } from './output-parts.ts'
import type { Printed } from './output-parts.ts'
import { RunStateEvent } from './run-state.ts'
import type { RunState } from './run-state.ts'

const languageNames: Record<Language, string> = { javascript: 'JavaScript', python: 'Python' }

/**
 * What a run of a sample prints, sends and ends with; and, before the first run that needs one, the choice of an
 * account. Fires `run-state`. Everything that a program says is shown as text.
 */
export class SampleOutputElement extends LitElement {
  language: Language = 'javascript'
  #run: Run | null = null
  /** What runs as soon as an account is chosen. */
  #waiting: string | null = null
  #startedAs = ''
  #printed: Printed[] = []
  #isCut = false
  #exchanges: Exchange[] = []
  #progress: Extract<RunEvent, { kind: 'progress' }> | null = null
  #result: RunResult | null = null
  #status = ''
  #showSecrets = false
  #frame = 0

  override connectedCallback(): void {
    super.connectedCallback()
    this.role = 'region'
    this.ariaLabel = 'Output'
    this.dataset['pagefindIgnore'] = ''
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    cancelAnimationFrame(this.#frame)
    this.stop()
  }

  /** Runs a program, once an account is chosen if it needs one. */
  run(code: string): void {
    this.#clear()
    if (!tabReader.current && needsReader(code)) {
      this.#waiting = code
      this.#status = 'This sample acts as you. Choose an account to run it with.'
      this.#tell('idle')
    } else {
      this.#start(code)
    }
    this.requestUpdate()
  }

  /** Ends what runs. */
  stop(): void {
    this.#run?.stop()
  }

  /** In the page itself, so that the page's own styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override render(): TemplateResult {
    return html`
      <div class="so-head">
        <p class="so-status" role="status">${this.#status}</p>
        ${this.#waiting === null ? html`<reader-account></reader-account>` : nothing}
      </div>
      ${this.#offer()} ${progressPart(this.#progress)} ${printedPart(this.#printed, this.#isCut)}
      ${errorPart(this.#result?.error ?? null)} ${this.#signInNote()}
      ${exchangesPart(this.#exchanges, this.#showSecrets)} ${this.#secretsSwitch()}
    `
  }

  #offer(): TemplateResult | typeof nothing {
    if (this.#waiting === null) return nothing
    return html`<reader-account
      mode="choose"
      @account-chosen=${() => this.#startWaiting()}
    ></reader-account>`
  }

  #signInNote(): TemplateResult | typeof nothing {
    const change = this.language === 'javascript' ? signInChange(this.#exchanges) : undefined
    if (change === undefined) return nothing
    const text =
      change === null
        ? 'This run signed this browser out: its token cookie is gone.'
        : `This run signed this browser in as ${change}: the token cookie is set for the whole site.`
    return html`<p class="bb-notice so-note">${text}</p>`
  }

  #secretsSwitch(): TemplateResult | typeof nothing {
    if (this.#exchanges.length === 0) return nothing
    const switched = (event: Event): void => {
      this.#showSecrets = (event.currentTarget as HTMLInputElement).checked
      this.requestUpdate()
    }
    return html`
      <label class="so-secrets">
        <input type="checkbox" .checked=${this.#showSecrets} @change=${switched} />
        Show keys, passwords and tokens
      </label>
    `
  }

  #startWaiting(): void {
    const code = this.#waiting
    this.#waiting = null
    if (code !== null) this.#start(code)
    this.requestUpdate()
  }

  #start(code: string): void {
    this.#startedAs = tabReader.current?.username ?? ''
    this.#status = `Starting ${languageNames[this.language]}…`
    this.#tell('loading')
    const run = startRun({
      language: this.language,
      code,
      reader: tabReader.current,
      onEvent: (event) => this.#receive(event),
    })
    this.#run = run
    void run.finished.then((result) => this.#finish(run, result))
  }

  #receive(event: RunEvent): void {
    switch (event.kind) {
      case 'progress':
        this.#progress = event
        break
      case 'started':
        this.#progress = null
        this.#status = this.#startedAs ? `Running as ${this.#startedAs}…` : 'Running…'
        this.#tell('running')
        break
      case 'output':
        this.#print(event)
        break
      case 'output-cut':
        this.#isCut = true
        break
      case 'exchange':
        this.#exchanges = [...this.#exchanges, event.exchange]
    }
    this.#renderSoon()
  }

  #print({ stream, text }: Printed): void {
    const last = this.#printed.at(-1)
    if (last?.stream === stream) last.text += text
    else this.#printed.push({ stream, text })
  }

  /** A program may print faster than a page can be drawn. */
  #renderSoon(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = requestAnimationFrame(() => this.requestUpdate())
  }

  #finish(run: Run, result: RunResult): void {
    if (run !== this.#run) return
    this.#run = null
    this.#progress = null
    this.#result = result
    this.#exchanges = result.exchanges
    this.#status = describeEnd(result)
    this.#tell(stateOf(result), result.error?.line ?? null)
    this.requestUpdate()
  }

  #clear(): void {
    this.stop()
    this.#run = null
    this.#waiting = null
    this.#printed = []
    this.#isCut = false
    this.#exchanges = []
    this.#progress = null
    this.#result = null
  }

  #tell(state: RunState, line: number | null = null): void {
    this.dispatchEvent(new RunStateEvent(state, line))
  }
}

function stateOf({ ending }: RunResult): RunState {
  if (ending === 'done' || ending === 'stopped') return ending
  return 'failed'
}

function describeEnd({ ending, error, durationMs, exchanges }: RunResult): string {
  const seconds = `${(durationMs / 1000).toFixed(2)} s`
  const calls = exchanges.length === 1 ? '1 request' : `${exchanges.length} requests`
  const line = error?.line ? ` at line ${error.line}` : ''
  switch (ending) {
    case 'done':
      return `Done in ${seconds}, ${calls}.`
    case 'failed':
      return `Failed${line}: ${error?.name ?? 'error'}, after ${seconds}, ${calls}.`
    case 'stopped':
      return `Stopped after ${seconds}, ${calls}.`
    case 'time-limit':
      return `Ended after ${limits.runMs / 1000} seconds, ${calls}.`
    case 'broken':
      return 'The sample could not be run.'
  }
}
