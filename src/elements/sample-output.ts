import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { SessionChangeEvent } from '#playground/events.ts'
import { sessionCalls } from '#playground/session.ts'
import type { Exchange, Language, RunEvent, SampleError } from '#runner/contract.ts'
import { needsReader, tabReader } from '#runner/reader.ts'
import type { Run, RunResult } from '#runner/run-sample.ts'
import { startRun } from '#runner/run-sample.ts'
import { signInChange } from '#runner/sign-in-change.ts'
import {
  differencesPart,
  errorPart,
  exchangesPart,
  printedPart,
  progressPart,
  questionPart,
} from './output-parts.ts'
import type { Printed } from './output-parts.ts'
import { type RecordedExchange, shapeDifferences } from './recorded-output.ts'
import { RunStateEvent } from './run-state.ts'
import type { RunState } from './run-state.ts'

const languageNames: Record<Language, string> = { javascript: 'JavaScript', python: 'Python' }

/** What to run. */
export interface Program {
  code: string
  /** True for code that a link brought: it acts as nobody whom its reader did not choose for it. */
  isForeign: boolean
  /** What the tests of the site saw of this very code; null for edited code. */
  recorded: readonly RecordedExchange[] | null
}

/**
 * What a run of a sample prints, sends and ends with; and, before the first run that needs one, the choice of an
 * account. Fires `run-state`. Everything that a program says is shown as text.
 */
export class SampleOutputElement extends LitElement {
  language: Language = 'javascript'
  #run: Run | null = null
  /** What runs as soon as an account is chosen. */
  #waiting: Program | null = null
  /** Whom the token cookie speaks for, where foreign JavaScript would act as that account. */
  #cookieOwner: string | null = null
  #recorded: readonly RecordedExchange[] | null = null
  #startedAs = ''
  #printed: Printed[] = []
  #isCut = false
  /** What the program asks its reader, and waits for. */
  #question: string | null = null
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
  run(program: Program): void {
    this.#clear()
    this.#recorded = program.recorded
    if (program.isForeign) {
      this.#wait(program, 'Code from a link runs as the account that you choose for it.')
    } else if (!tabReader.current && needsReader(program.code)) {
      this.#wait(program, 'This sample acts as you. Choose an account to run it with.')
    } else {
      this.#start(program.code)
    }
    this.requestUpdate()
  }

  /** Leads the keyboard to the error that ended the last run. */
  focusError(): void {
    this.querySelector<HTMLElement>('.so-error')?.focus()
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
      ${questionPart(this.#question, (text) => this.#answer(text))}
      ${errorPart(this.#result?.error ?? null)} ${this.#signInNote()} ${this.#differences()}
      ${exchangesPart(this.#exchanges, this.#showSecrets)} ${this.#secretsSwitch()}
    `
  }

  #offer(): TemplateResult | typeof nothing {
    if (this.#waiting === null) return nothing
    if (this.#cookieOwner !== null) return this.#cookieChoice(this.#cookieOwner)
    return html`<reader-account
      mode="choose"
      @account-chosen=${() => void this.#chosen()}
    ></reader-account>`
  }

  #cookieChoice(owner: string): TemplateResult {
    return html`
      <div class="ra-choice">
        <p>
          This browser is signed in as <strong>${owner}</strong>. A JavaScript sample sends that
          cookie, so code from a link would act as ${owner} in the internal API.
        </p>
        <div class="ra-buttons">
          <button type="button" class="bb-button" @click=${() => void this.#signOutAndStart()}>
            Sign out and run
          </button>
          <button
            type="button"
            class="bb-button"
            data-kind="quiet"
            @click=${() => this.#startWaiting()}
          >
            Run as ${owner}
          </button>
        </div>
      </div>
    `
  }

  #signInNote(): TemplateResult | typeof nothing {
    const change = this.#signInChange()
    if (change === undefined) return nothing
    const text =
      change === null
        ? 'This run signed this browser out: its token cookie is gone.'
        : `This run signed this browser in as ${change}: the token cookie is set for the whole site.`
    return html`<p class="bb-notice so-note">${text}</p>`
  }

  /** The token cookie is the browser's in JavaScript; a Python program keeps cookies of its own. */
  #signInChange(): string | null | undefined {
    return this.language === 'javascript' ? signInChange(this.#exchanges) : undefined
  }

  #differences(): TemplateResult | typeof nothing {
    if (!this.#result || !this.#recorded) return nothing
    if (!['done', 'failed'].includes(this.#result.ending)) return nothing
    return differencesPart(shapeDifferences(this.#recorded, this.#exchanges))
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

  #wait(program: Program, status: string): void {
    this.#waiting = program
    this.#status = status
    this.#tell('idle')
  }

  async #chosen(): Promise<void> {
    const program = this.#waiting
    if (program?.isForeign && this.language === 'javascript') {
      const owner = await sessionCalls(location.origin).whoAmI()
      if (this.#waiting !== program) return
      this.requestUpdate()
      if (!owner.ok) {
        this.#status = `Not run: whose cookie this browser holds is not known. ${owner.problem} Choose again.`
        return
      }
      this.#cookieOwner = owner.value
      if (this.#cookieOwner !== null && this.#cookieOwner !== tabReader.current?.username) return
    }
    this.#startWaiting()
  }

  async #signOutAndStart(): Promise<void> {
    const outcome = await sessionCalls(location.origin).signOut()
    if (outcome.ok) {
      this.dispatchEvent(new SessionChangeEvent(null))
      this.#startWaiting()
    } else {
      this.#status = `You are still signed in: ${outcome.problem}`
      this.requestUpdate()
    }
  }

  #startWaiting(): void {
    const program = this.#waiting
    this.#waiting = null
    this.#cookieOwner = null
    if (program) this.#start(program.code)
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
      canAnswer: true,
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
      case 'value':
        this.#printed.at(-1)?.values.push(event.value)
        break
      case 'output-cut':
        this.#isCut = true
        break
      case 'question':
        this.#question = event.prompt
        this.#status = 'The program waits for an answer.'
        this.requestUpdate()
        void this.updateComplete.then(() => this.#focusAnswer())
        break
      case 'exchange':
        this.#exchanges = [...this.#exchanges, event.exchange]
    }
    this.#renderSoon()
  }

  #focusAnswer(): void {
    this.querySelector<HTMLElement>('.so-question input')?.focus()
  }

  #answer(text: string): void {
    this.#question = null
    this.#status = this.#startedAs ? `Running as ${this.#startedAs}…` : 'Running…'
    this.#run?.answer(text)
    this.requestUpdate()
  }

  #print({ stream, text }: Pick<Printed, 'stream' | 'text'>): void {
    const last = this.#printed.at(-1)
    if (last?.stream === stream && last.values.length === 0) last.text += text
    else this.#printed.push({ stream, text, values: [] })
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
    this.#question = null
    this.#result = result
    this.#exchanges = result.exchanges
    this.#status = describeEnd(result)
    const change = this.#signInChange()
    if (change !== undefined) this.dispatchEvent(new SessionChangeEvent(change))
    this.#tell(stateOf(result), result.error)
    this.requestUpdate()
  }

  #clear(): void {
    this.stop()
    this.#run = null
    this.#waiting = null
    this.#cookieOwner = null
    this.#recorded = null
    this.#printed = []
    this.#isCut = false
    this.#question = null
    this.#exchanges = []
    this.#progress = null
    this.#result = null
  }

  #tell(state: RunState, error: SampleError | null = null): void {
    this.dispatchEvent(new RunStateEvent(state, error))
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
      return `Ended after ${seconds}, ${calls}.`
    case 'broken':
      return 'The sample could not be run.'
  }
}
