import { html, nothing, type TemplateResult } from 'lit'
import { maskedExchange } from '#playground/masked-exchange.ts'
import type { Exchange, OutputStream, RunEvent, SampleError, ShownValue } from '#runner/contract.ts'
import { limits } from '#runner/contract.ts'
import { valuePart } from './shown-value.ts'

type Part = TemplateResult | typeof nothing

const mask = '********'

/** Text that was printed without a break by one stream, up to an object that can be opened. */
export interface Printed {
  stream: OutputStream
  text: string
  /** The objects that the end of the text shows. */
  values: ShownValue[]
}

/** How much of a language has arrived. */
export function progressPart(progress: Extract<RunEvent, { kind: 'progress' }> | null): Part {
  if (!progress) return nothing
  const percent = Math.round(progress.fraction * 100)
  return html`
    <label class="so-progress">
      <span>${progress.fraction < 1 ? `${progress.label} ${percent} %` : 'starting…'}</span>
      <progress max="100" value=${percent}></progress>
    </label>
  `
}

/** Printed text, each stream in its own look. */
export function printedPart(printed: readonly Printed[], isCut: boolean): Part {
  if (printed.length === 0) return nothing
  const pieces = printed.map(
    ({ stream, text, values }) =>
      html`<span data-stream=${stream}>${text}</span>${values.map(valuePart)}`,
  )
  const allowance = `${limits.outputLines} lines or ${limits.outputCharacters / 1024} KB`
  return html`
    <pre
      class="so-printed"
      tabindex="0"
      role="group"
      aria-label="Printed text"
    ><code>${pieces}</code></pre>
    ${isCut ? html`<p class="so-note">Cut here: a run shows ${allowance} of printed text.</p>` : nothing}
  `
}

/** A program's question to its reader; nothing while it asks none. */
export function questionPart(prompt: string | null, answer: (text: string) => void): Part {
  if (prompt === null) return nothing
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const text = new FormData(event.currentTarget as HTMLFormElement).get('answer')
    answer(typeof text === 'string' ? text : '')
  }
  return html`
    <form class="so-question ra-form" @submit=${submit}>
      <label class="ra-field">
        <span>${prompt.trim() || 'The program asks for a line of text'}</span>
        <input name="answer" autocomplete="off" autocapitalize="none" spellcheck="false" />
      </label>
      <button type="submit" class="bb-button">Answer</button>
    </form>
  `
}

/** The error that ended a program. */
export function errorPart(error: SampleError | null): Part {
  if (!error) return nothing
  const place = error.line === null ? '' : ` (line ${error.line})`
  const message = error.message ? `: ${error.message}` : ''
  return html`
    <div class="so-error" tabindex="-1" role="group" aria-label="Error">
      <p><strong>${error.name}</strong>${message}${place}</p>
      ${
        error.trace
          ? html`<details>
              <summary>Where it happened</summary>
              <pre tabindex="0" role="group" aria-label="Stack"><code>${error.trace}</code></pre>
            </details>`
          : nothing
      }
    </div>
  `
}

/** Where a run went another way than the recorded one; says so as well where it did not. */
export function differencesPart(differences: readonly string[]): TemplateResult {
  if (differences.length === 0) {
    return html`<p class="so-note">Same shape as the recorded output below; only values differ.</p>`
  }
  return html`
    <div class="bb-notice so-note" role="group" aria-label="Differences from the recorded output">
      <p>This run differs from the recorded output below:</p>
      <ul>
        ${differences.map((sentence) => html`<li>${sentence}</li>`)}
      </ul>
    </div>
  `
}

/** Every request of a run; each opens to both of its sides. */
export function exchangesPart(exchanges: readonly Exchange[], showSecrets: boolean): Part {
  if (exchanges.length === 0) return nothing
  const items = exchanges.map((exchange) =>
    exchangePart(showSecrets ? exchange : withoutSecrets(exchange)),
  )
  return html`<ol class="so-exchanges" aria-label="Requests">
    ${items}
  </ol>`
}

function exchangePart(exchange: Exchange): TemplateResult {
  const { request, response, durationMs } = exchange
  const status = response ? String(response.status) : 'no answer'
  const kind = response && response.status < 400 ? 'good' : 'bad'
  return html`
    <li>
      <details>
        <summary>
          <span class="so-method">${request.method}</span>
          <span class="so-path">${pathOf(request.url)}</span>
          <span class="so-code" data-kind=${kind}>${status}</span>
          <span class="so-time">${Math.round(durationMs)} ms</span>
        </summary>
        <exchange-view .exchange=${exchange}></exchange-view>
      </details>
    </li>
  `
}

function pathOf(url: string): string {
  const { pathname, search, origin } = new URL(url, location.origin)
  return (origin === location.origin ? '' : origin) + pathname + search
}

/** A program's own cookie jar shows its tokens in `Set-Cookie`, which a page never sees. */
function withoutSecrets(exchange: Exchange): Exchange {
  const { response, ...rest } = maskedExchange(exchange)
  if (!response) return { ...rest, response }
  const headers = response.headers.map(([name, value]): [string, string] => [
    name,
    name.toLowerCase() === 'set-cookie' ? value.replace(/=[^;]*/, `=${mask}`) : value,
  ])
  return { ...rest, response: { ...response, headers } }
}
