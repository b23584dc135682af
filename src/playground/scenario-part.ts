import { html, nothing, type TemplateResult } from 'lit'
import { guard } from 'lit/directives/guard.js'
import type { Exchange } from '#runner/contract.ts'
import type { Progress } from './page-stage.ts'
import { codeIn, type PlayedStep } from './play-scenario.ts'
import { prose } from './prose.ts'
import { answerWords } from './scenarios/words.ts'
import type { ScenarioStep } from './scenarios/scenario.ts'
import { withoutTrace } from './trace.ts'
import { tracePart } from './trace-part.ts'

/** What the list of steps shows. */
export interface StepsPart {
  steps: readonly ScenarioStep[]
  played: readonly PlayedStep[]
  isPlaying: boolean
  progress: Progress | null
  /** The frame of another origin, while its reader is to press its button. */
  frame: TemplateResult | typeof nothing
}

type StepState = 'passed' | 'failed' | 'current' | 'waiting'

/** Every step: what it does and why it is answered so, and once it was played the exchange. */
export function stepsPart(part: StepsPart): TemplateResult {
  return html`
    <ol class="sc-steps">
      ${part.steps.map((step, index) => stepPart(step, index, part))}
    </ol>
  `
}

function stepPart(step: ScenarioStep, index: number, part: StepsPart): TemplateResult {
  const played = part.played[index]
  const state = stateOf(index, part)
  const isCurrent = state === 'current'
  return html`
    <li data-state=${state} aria-current=${isCurrent ? 'step' : nothing}>
      <p class="sc-does">${prose(step.does)} ${answerPart(step, played)}</p>
      <p class="sc-why">${prose(step.why)} <a href=${step.read.href}>${step.read.text}</a></p>
      ${isCurrent ? progressPart(part.progress) : nothing} ${isCurrent ? part.frame : nothing}
      ${played ? resultPart(step, played) : nothing}
    </li>
  `
}

function stateOf(index: number, { played, isPlaying }: StepsPart): StepState {
  const step = played[index]
  if (step) return step.asExpected ? 'passed' : 'failed'
  return isPlaying && index === played.length ? 'current' : 'waiting'
}

/** What the answer is to be, and from then on what it was. */
function answerPart({ answer, unread }: ScenarioStep, played?: PlayedStep): TemplateResult {
  const words = answerWords(answer)
  if (!played) return html`<span class="sc-answer">Answer: ${words}</span>`
  if (unread) return html`<span class="sc-answer">${words}, seen by no script</span>`
  const came = cameWords(played.exchange)
  if (played.asExpected) return html`<span class="sc-answer" data-kind="good">${came}</span>`
  return html`<span class="sc-answer" data-kind="bad">${came}, expected was ${words}</span>`
}

function cameWords(exchange: Exchange | null): string {
  if (!exchange?.response) return 'no answer'
  return `${exchange.response.status} ${codeIn(exchange)}`.trim()
}

function resultPart(
  { unread }: ScenarioStep,
  { exchange, notes = [] }: PlayedStep,
): TemplateResult {
  return html`
    ${notes.map(([name, value]) => html`<p class="sc-note">${name}: <code>${value}</code></p>`)}
    ${unread || exchange === null ? nothing : exchangePart(exchange)}
  `
}

function exchangePart(exchange: Exchange): TemplateResult {
  // Guarded: a countdown elsewhere does not draw every exchange again.
  return html`${guard([exchange], () => {
    const { request, response, error, durationMs } = exchange
    const { pathname, search } = new URL(request.url)
    const outcome = response
      ? `${response.status} ${response.statusText}`.trim()
      : (error ?? 'no answer')
    return html`
      <details class="sc-exchange" ?open=${response === null}>
        <summary>
          <code>${request.method} ${pathname}${search}</code> ${outcome}, ${Math.round(durationMs)}
          ms
        </summary>
        <exchange-view .exchange=${withoutTrace(exchange)}></exchange-view>
        ${
          response === null
            ? nothing
            : html`<p class="sc-subhead">What the server did</p>
                ${tracePart(exchange)}`
        }
      </details>
    `
  })}`
}

/** The countdown or the count, as a bar with words beside it. */
function progressPart(progress: Progress | null): TemplateResult | typeof nothing {
  if (progress === null) return nothing
  const { words, value, max } = measure(progress)
  return html`
    <p class="sc-progress">
      <progress aria-label="Progress of this step" max=${max} value=${value}></progress>
      <span>${words}</span>
    </p>
  `
}

function measure(progress: Progress): { words: string; value: number; max: number } {
  if (progress.kind === 'count') {
    const { sent, atMost } = progress
    return { words: `${sent} of at most ${atMost} requests`, value: sent, max: atMost }
  }
  const { seconds, secondsLeft, what } = progress
  const words = `${secondsLeft} ${secondsLeft === 1 ? 'second' : 'seconds'} ${what}`
  return { words, value: seconds - secondsLeft, max: seconds }
}
