import { html, nothing, type TemplateResult } from 'lit'
import { guard } from 'lit/directives/guard.js'
import type { Exchange } from '#runner/contract.ts'
import { maskedExchange } from './masked-exchange.ts'
import type { RequestState } from './request.ts'
import { withoutTrace } from './trace.ts'
import { tracePart } from './trace-part.ts'

/** What the side of the result shows. */
export interface ResultPart {
  state: RequestState
  showSecrets: boolean
  /** The last answer, for any operation; null before the first. */
  exchange: Exchange | null
  /** One sentence on how the sending stands. */
  status: string
  /** The token of the page has run out, which may be why. */
  hasEnded: boolean
  /** Signs in again and repeats the request. */
  onSignInAgain: () => void
  onShowSecrets: (show: boolean) => void
  /** Puts a link to the request on the clipboard. */
  onLink: () => void
  /** What became of that. */
  linkNote: string
}

/** The request as it will be sent, and the last exchange from both sides. */
export function resultPart(part: ResultPart): TemplateResult {
  const { state, showSecrets, onLink, linkNote } = part
  return html`
    <section class="bb-card rf-preview" aria-labelledby="rf-preview-title">
      <h2 id="rf-preview-title">What will be sent</h2>
      <request-code .request=${state} .showSecrets=${showSecrets}></request-code>
      ${secretsSwitch(part)}
      <div class="rf-link">
        <button type="button" class="bb-button" data-kind="quiet" @click=${onLink}>
          Copy a link to this request
        </button>
        <span class="bb-hint" role="status">${linkNote}</span>
      </div>
    </section>
    <section class="bb-card rf-answer" aria-labelledby="rf-answer-title">
      <h2 id="rf-answer-title" tabindex="-1">Answer</h2>
      <p class="rf-answer__status" role="status">${part.status}</p>
      ${endedNotice(part)} ${answerOf(part)}
    </section>
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

/** Where the answer is the refusal of a token that has run out, the way on is beside it. */
function endedNotice({
  exchange,
  hasEnded,
  onSignInAgain,
}: ResultPart): TemplateResult | typeof nothing {
  if (!hasEnded || exchange?.response?.status !== 401) return nothing
  const { method, browserCookies } = exchange.request
  if (method !== 'GET' || browserCookies !== 'attached') return nothing
  return html`
    <div class="bb-notice rf-ended" data-kind="bad">
      <p>The token has ended.</p>
      <button type="button" class="bb-button" @click=${onSignInAgain}>
        Sign in again and repeat this
      </button>
    </div>
  `
}

function answerOf({ exchange, showSecrets }: ResultPart): TemplateResult {
  if (exchange === null)
    return html`<p class="bb-hint">Send the request to see its answer here.</p>`
  // Guarded: a long answer is not masked and drawn again at each key that is typed.
  return html`${guard([exchange, showSecrets], () => {
    const shown = withoutTrace(showSecrets ? exchange : maskedExchange(exchange))
    return html`
      <h3>What the browser shows</h3>
      <exchange-view .exchange=${shown}></exchange-view>
      <h3>What the server did</h3>
      ${tracePart(exchange)}
    `
  })}`
}
