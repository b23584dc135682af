import { html, type TemplateResult } from 'lit'
import { guard } from 'lit/directives/guard.js'
import type { Exchange } from '#runner/contract.ts'
import { credentialsOf } from './lane.ts'
import { maskedExchange } from './masked-exchange.ts'
import { maskSecrets, planRequest, requestText, type RequestState } from './request.ts'

/** What the side of the result shows. */
export interface ResultPart {
  state: RequestState
  origin: string
  showSecrets: boolean
  /** The last answer, for any operation; null before the first. */
  exchange: Exchange | null
  /** One sentence on how the sending stands. */
  status: string
  onShowSecrets: (show: boolean) => void
}

/** The request as it will be sent, and the last exchange. */
export function resultPart(part: ResultPart): TemplateResult {
  return html`
    <section class="bb-card rf-preview" aria-labelledby="rf-preview-title">
      <h2 id="rf-preview-title">What will be sent</h2>
      ${previewOf(part)} ${secretsSwitch(part)}
    </section>
    <section class="bb-card rf-answer" aria-labelledby="rf-answer-title">
      <h2 id="rf-answer-title">Answer</h2>
      <p class="rf-answer__status" role="status">${part.status}</p>
      ${answerOf(part)}
    </section>
  `
}

function previewOf({ state, origin, showSecrets }: ResultPart): TemplateResult {
  const request = planRequest(showSecrets ? state : maskSecrets(state), origin)
  const cookie =
    credentialsOf(state.lane) === 'omit'
      ? 'The browser leaves its cookies out (credentials: omit).'
      : 'The browser adds its cookie access_token, if it holds one (credentials: same-origin).'
  return html`
    <pre class="rf-text" tabindex="0" aria-labelledby="rf-preview-title"><code
      >${requestText(request)}</code></pre>
    <p class="bb-hint">${cookie}</p>
  `
}

function secretsSwitch({ showSecrets, onShowSecrets }: ResultPart): TemplateResult {
  const switched = (event: Event) =>
    onShowSecrets((event.currentTarget as HTMLInputElement).checked)
  return html`
    <label class="rf-check">
      <input type="checkbox" .checked=${showSecrets} @change=${switched} />
      Show keys, passwords and tokens
    </label>
  `
}

function answerOf({ exchange, showSecrets }: ResultPart): TemplateResult {
  if (exchange === null)
    return html`<p class="bb-hint">Send the request to see its answer here.</p>`
  // Guarded: a long answer is not masked and drawn again at each key that is typed.
  return html`${guard([exchange, showSecrets], () => {
    const shown = showSecrets ? exchange : maskedExchange(exchange)
    return html`<exchange-view .exchange=${shown}></exchange-view>`
  })}`
}
