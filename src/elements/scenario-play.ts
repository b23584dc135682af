import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { ExchangeEvent, SessionChangeEvent } from '#playground/events.ts'
import { putSignInBack, readSignIn } from '#playground/kept-sign-in.ts'
import { pageStage, type Progress } from '#playground/page-stage.ts'
import { type Ending, type PlayedStep, playScenario } from '#playground/play-scenario.ts'
import { stepsPart } from '#playground/scenario-part.ts'
import type { ActingAccount, Scenario } from '#playground/scenarios/scenario.ts'
import { sessionCalls } from '#playground/session.ts'
import { type Reader, SandboxUnavailable, TabReader, tabReader } from '#runner/reader.ts'
import { foreignFramePart } from './foreign-frame.ts'
import { type RunState, RunStateEvent } from './run-state.ts'

/** What a scenario waits for before it begins. */
type Offer = { kind: 'account' } | { kind: 'sign-out'; owner: string }

/**
 * `<scenario-play>`: plays the scenario that it is given and shows each step with its exchange. Before that, where it
 * is needed, it offers a sandbox account, and asks before another account's sign-in would be lost. Fires `run-state`.
 * Nothing secret is on the screen or kept: what it holds is starred out already.
 */
export class ScenarioPlayElement extends LitElement {
  scenario: Scenario | null = null
  readonly #calls = sessionCalls(location.origin)
  /** The account of a play, where the tab's own reader is somebody else. */
  #aside: ActingAccount | null = null
  #offer: Offer | null = null
  #isBusy = false
  #playing: AbortController | null = null
  #played: readonly PlayedStep[] = []
  #progress: Progress | null = null
  #frame: TemplateResult | typeof nothing = nothing
  #status = ''
  #note = ''
  #problem = ''

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.stop()
  }

  /** Plays from the start, as soon as there is an account to play with. */
  async run(): Promise<void> {
    const { scenario } = this
    if (scenario === null || this.#playing !== null || this.#isBusy) return
    this.#clear()
    if (document.querySelector('scenario-play:is([state=loading], [state=running])')) {
      // Two of them would each put the browser's sign-in back as the other one has just changed it.
      this.#status = 'Another scenario is running on this page. Let it end, or stop it.'
      this.#tell('idle')
      return
    }
    const account = scenario.needs === 'nobody' ? null : this.#account()
    if (scenario.needs !== 'nobody' && account === null) this.#ask({ kind: 'account' })
    else if (scenario.needs === 'cookie' && account) await this.#playSignedIn(scenario, account)
    else await this.#play(scenario, account)
  }

  /** Ends the play after what it is doing now. What it began it still ends. */
  stop(): void {
    this.#playing?.abort()
  }

  /** In the page itself, so that the page's own styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override render(): TemplateResult | typeof nothing {
    const { scenario } = this
    if (scenario === null) return nothing
    return html`
      <p class="sc-status" role="status" tabindex="-1">${this.#status}</p>
      ${this.#problem === '' ? nothing : html`<p class="bb-error" role="alert">${this.#problem}</p>`}
      ${this.#offerPart()}
      ${stepsPart({
        steps: scenario.steps,
        played: this.#played,
        isPlaying: this.#playing !== null,
        progress: this.#progress,
        frame: this.#frame,
      })}
      ${this.#note === '' ? nothing : html`<p class="bb-notice sc-end">${this.#note}</p>`}
    `
  }

  #offerPart(): TemplateResult | typeof nothing {
    const offer = this.#offer
    if (offer === null) return nothing
    const isBusy = this.#isBusy ? 'true' : nothing
    if (offer.kind === 'account') {
      return html`
        <div class="sc-offer">
          <p>
            This scenario acts as a sandbox account. It is yours for 24 hours, and its key and
            password stay in the memory of this tab.
          </p>
          <button
            type="button"
            class="bb-button"
            aria-disabled=${isBusy}
            @click=${() => this.#getAccount()}
          >
            Get a sandbox account and run
          </button>
        </div>
      `
    }
    return html`
      <div class="sc-offer">
        <p>
          This browser is signed in as <strong>${offer.owner}</strong>. This scenario signs it in
          with the sandbox account, and cannot sign ${offer.owner} in again afterwards.
        </p>
        <button
          type="button"
          class="bb-button"
          aria-disabled=${isBusy}
          @click=${() => this.#signOut()}
        >
          Sign out and run
        </button>
      </div>
    `
  }

  #ask(offer: Offer): void {
    this.#offer = offer
    this.#status = 'Not run yet: one choice first.'
    this.#tell('idle')
    void this.updateComplete.then(() => this.#focus('.sc-offer button'))
  }

  /** What had the focus is gone or is about to be: the keyboard goes on where the play does. */
  #focus(selector: string): void {
    this.querySelector<HTMLElement>(selector)?.focus()
  }

  #account(): ActingAccount | null {
    return this.#aside ?? actingAccount(tabReader.current)
  }

  /** The tab's own account stays the tab's: beside it, the scenario gets the browser's sandbox account for itself. */
  #getAccount(): void {
    void this.#do(async () => {
      const isFree = tabReader.current === null
      const source = isFree ? tabReader : new TabReader((input, init) => fetch(input, init))
      const reader = await source.useSandbox()
      if (!isFree) this.#aside = actingAccount(reader)
    })
  }

  #signOut(): void {
    void this.#do(async () => {
      const outcome = await this.#calls.signOut()
      if (!outcome.ok) throw new SandboxUnavailable(`You are still signed in: ${outcome.problem}`)
      this.dispatchEvent(new SessionChangeEvent(null))
      this.dispatchEvent(new ExchangeEvent(outcome.exchange))
    })
  }

  /** Does what an offer promised, then runs. */
  async #do(task: () => Promise<void>): Promise<void> {
    if (this.#isBusy) return
    this.#isBusy = true
    this.#problem = ''
    this.requestUpdate()
    try {
      await task()
      this.#isBusy = false
      this.#focus('.sc-status')
      await this.run()
    } catch (error) {
      if (!(error instanceof SandboxUnavailable)) throw error
      this.#problem = error.message
    } finally {
      this.#isBusy = false
      this.requestUpdate()
    }
  }

  /** Plays with the browser's own cookie, and makes it again as it was. */
  async #playSignedIn(scenario: Scenario, account: ActingAccount): Promise<void> {
    this.#status = 'Looking whom the cookie of this browser speaks for…'
    this.#tell('loading')
    const before = await readSignIn(this.#calls, account)
    if (before.kind === 'another-account') this.#ask({ kind: 'sign-out', owner: before.owner })
    else if (before.kind === 'unknown') this.#giveUp(before.problem)
    else await this.#play(scenario, account, () => this.#putBack(before.kind, account))
  }

  #giveUp(problem: string): void {
    this.#status = `Not run. ${problem}`
    this.#tell('failed')
  }

  /** @returns a sentence on how the browser's cookie stands now */
  async #putBack(before: 'nobody' | 'this-account', account: ActingAccount): Promise<string> {
    const outcome = await putSignInBack(this.#calls, before, account)
    const owner = before === 'nobody' || !outcome.ok ? null : account.username
    this.dispatchEvent(new SessionChangeEvent(owner))
    this.dispatchEvent(new ExchangeEvent(outcome.exchange))
    if (before === 'nobody') return 'This browser is signed out, as it was before.'
    if (outcome.ok) return `This browser is signed in as ${account.username}, as it was before.`
    return `This browser could not be signed in again: ${outcome.problem}`
  }

  /** @param tidy does what must be done afterwards. @returns a sentence on it */
  async #play(
    scenario: Scenario,
    account: ActingAccount | null,
    tidy: () => Promise<string> = () => Promise.resolve(''),
  ): Promise<void> {
    const playing = new AbortController()
    this.#playing = playing
    this.#status = 'Running…'
    this.#tell('running')
    const startedAtMs = performance.now()
    const stage = pageStage({
      signal: playing.signal,
      account,
      onProgress: (progress) => this.#show(progress),
      postFromElsewhere: (url) => this.#askForPress(url, playing.signal),
    })
    let ending: Ending = 'no-answer'
    try {
      ending = await playScenario(scenario, stage, (step) => this.#add(step))
    } finally {
      const restored = await tidy()
      this.#playing = null
      this.#progress = null
      this.#frame = nothing
      this.#status = describeEnd(ending, this.#played.length, performance.now() - startedAtMs)
      this.#note = `Left behind: ${scenario.leaves} ${restored}`.trim()
      this.#tell(ending === 'done' || ending === 'stopped' ? ending : 'failed')
    }
  }

  #askForPress(url: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const goOn = (): void => {
        if (this.contains(document.activeElement)) this.#focus('.sc-status')
        this.#frame = nothing
        this.#status = 'Running…'
        this.requestUpdate()
        resolve()
      }
      signal.addEventListener('abort', goOn, { once: true })
      this.#frame = foreignFramePart(url, goOn)
      this.#status = 'Your turn: press the button in the frame.'
      this.requestUpdate()
      void this.updateComplete.then(() =>
        this.querySelector('.sc-frame')?.scrollIntoView({ block: 'nearest' }),
      )
    })
  }

  #add(step: PlayedStep): void {
    this.#played = [...this.#played, step]
    this.#progress = null
    this.requestUpdate()
  }

  #show(progress: Progress | null): void {
    // Said once: a screen reader that counts every second aloud is of no help.
    if (progress?.kind === 'wait' && this.#progress?.kind !== 'wait') {
      this.#status = `Waiting ${progress.seconds} seconds ${progress.what}.`
    }
    this.#progress = progress
    this.requestUpdate()
  }

  #clear(): void {
    this.#offer = null
    this.#played = []
    this.#progress = null
    this.#frame = nothing
    this.#note = ''
    this.#problem = ''
    this.requestUpdate()
  }

  #tell(state: RunState): void {
    this.setAttribute('state', state)
    this.dispatchEvent(new RunStateEvent(state))
    this.requestUpdate()
  }
}

/** A sandbox account always has all three; an own account is not what a scenario plays with. */
function actingAccount(reader: Reader | null): ActingAccount | null {
  if (reader?.kind !== 'sandbox' || !reader.password || !reader.apiKey) return null
  return { username: reader.username, password: reader.password, apiKey: reader.apiKey }
}

function describeEnd(ending: Ending, steps: number, durationMs: number): string {
  const seconds = `${(durationMs / 1000).toFixed(1)} s`
  switch (ending) {
    case 'done':
      return `Done in ${seconds}: every step was answered as described.`
    case 'stopped':
      return `Stopped after ${steps} ${steps === 1 ? 'step' : 'steps'}.`
    case 'unexpected':
      return `Ended at step ${steps}: the answer is not the one described.`
    case 'no-answer':
      return `Ended at step ${steps}: no answer came.`
  }
}
