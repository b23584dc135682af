import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { SessionChangeEvent } from '#playground/events.ts'
import { sessionCalls } from '#playground/session.ts'
import type { RecordedExchange } from '#recorded-exchange.ts'
import { languageNames } from '#runner/contract.ts'
import type { Exchange, Language, RunEvent, SampleError } from '#runner/contract.ts'
import { isLiving, needsReader, tabReader } from '#runner/reader.ts'
import type { Reader } from '#runner/reader.ts'
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
import { cookieChoicePart } from './cookie-choice-part.ts'
import { shapeDifferences } from './recorded-output.ts'
import type { AccountChosenEvent } from './reader-account.ts'
import { RunStateEvent } from './run-state.ts'
import type { RunState } from './run-state.ts'

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
  /** Whom the token cookie speaks for, where foreign JavaScript that runs as an account would act as that one, too. */
  #cookie: { owner: string; account: Reader } | null = null
  /** Whether it is being asked whose the token cookie is. */
  #isAsking = false
  /** The sandbox account that code from a link got here; nothing else acts as it. */
  #fresh: Reader | null = null
  #recorded: readonly RecordedExchange[] | null = null
  /** Whom the last run acts as, or acted as. */
  #account: Reader | null = null
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
      if (this.#fresh && isLiving(this.#fresh)) void this.#chosen(this.#fresh)
    } else if (!tabReader.current && needsReader(program.code)) {
      this.#wait(program, 'This sample acts as you. Choose an account to run it with.')
    } else {
      this.#start(program.code, tabReader.current)
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
      <p class="so-status" role="status">${this.#status}</p>
      ${this.#offer()} ${progressPart(this.#progress)} ${printedPart(this.#printed, this.#isCut)}
      ${questionPart(this.#question, (text) => this.#answer(text))}
      ${errorPart(this.#result?.error ?? null)} ${this.#signInNote()} ${this.#differences()}
      ${exchangesPart(this.#exchanges, this.#showSecrets)} ${this.#secretsSwitch()}
    `
  }

  #offer(): TemplateResult | typeof nothing {
    if (this.#waiting === null || this.#isAsking) return nothing
    if (this.#cookie !== null) {
      const { owner, account } = this.#cookie
      return cookieChoicePart(owner, {
        signOut: () => void this.#signOutAndStart(account),
        stay: () => this.#startWaiting(account),
      })
    }
    return html`<reader-account
      mode=${this.#waiting.isForeign ? 'run-foreign' : 'run'}
      @account-chosen=${({ account }: AccountChosenEvent) => void this.#chosen(account)}
    ></reader-account>`
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

  async #chosen(account: Reader): Promise<void> {
    const program = this.#waiting
    if (!program) return
    if (program.isForeign && account !== tabReader.current) this.#fresh = account
    if (program.isForeign && this.language === 'javascript') {
      if (!(await this.#maySendCookie(program, account))) return
    }
    this.#startWaiting(account)
  }

  /** False where the cookie is somebody else's: then the reader is asked, or told why it is not known. */
  async #maySendCookie(program: Program, account: Reader): Promise<boolean> {
    this.#isAsking = true
    this.requestUpdate()
    const owner = await sessionCalls(location.origin).whoAmI()
    if (this.#waiting !== program) return false
    this.#isAsking = false
    this.requestUpdate()
    if (!owner.ok) {
      this.#status = `Not run: whose cookie this browser holds is not known. ${owner.problem} Choose again.`
      return false
    }
    const { value } = owner
    const username = value.kind === 'signed in' ? value.session.username : null
    if (username === null || username === account.username) return true
    this.#cookie = { owner: username, account }
    return false
  }

  async #signOutAndStart(account: Reader): Promise<void> {
    const outcome = await sessionCalls(location.origin).signOut()
    if (outcome.ok) {
      this.dispatchEvent(new SessionChangeEvent(null))
      this.#startWaiting(account)
    } else {
      this.#status = `You are still signed in: ${outcome.problem}`
      this.requestUpdate()
    }
  }

  #startWaiting(account: Reader): void {
    const program = this.#waiting
    this.#waiting = null
    this.#cookie = null
    if (program) this.#start(program.code, account)
    this.requestUpdate()
  }

  #start(code: string, account: Reader | null): void {
    this.#account = account
    this.#status = `Starting ${languageNames[this.language]}…`
    this.#tell('loading')
    const run = startRun({
      language: this.language,
      code,
      reader: account,
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
        this.#status = this.#account ? `Running as ${this.#account.username}…` : 'Running…'
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
    this.#status = this.#account ? `Running as ${this.#account.username}…` : 'Running…'
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
    this.#status = describeEnd(result) + this.#freshNote()
    const change = this.#signInChange()
    if (change !== undefined) this.dispatchEvent(new SessionChangeEvent(change))
    this.#tell(stateOf(result), result.error)
    this.requestUpdate()
  }

  /** Nothing else on the page names this account. */
  #freshNote(): string {
    if (!this.#fresh || this.#account !== this.#fresh) return ''
    return ` It ran as ${this.#fresh.username}, which was opened for this code.`
  }

  #clear(): void {
    this.stop()
    this.#run = null
    this.#waiting = null
    this.#cookie = null
    this.#isAsking = false
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
