import { html, nothing, type TemplateResult } from 'lit'
import type { Exchange } from '#runner/contract.ts'
import { traceOf, type TraceStep } from './trace.ts'

/**
 * What the server did, as a sequence diagram of browser, server and store. It is a list: read aloud, each step says
 * in words what its arrow shows.
 */
export function tracePart(exchange: Exchange): TemplateResult {
  const steps = traceOf(exchange)
  if (steps.length === 0) {
    return html`<p class="bb-hint">
      The server tells its side to sandbox accounts, and of requests that it refused.
    </p>`
  }
  const { request, response } = exchange
  const path = new URL(request.url).pathname
  const answer = response === null ? 'no answer' : `${response.status} ${response.statusText}`
  return html`
    <div class="tr">
      <div class="tr-lines" aria-hidden="true">
        <span>Browser</span><span>Server</span><span>Store</span>
      </div>
      <ol class="tr-steps" aria-label="What the server did">
        <li data-way="request">
          <p>
            <span class="sr-only">Browser to server: </span>${request.method} <code>${path}</code>
          </p>
        </li>
        ${steps.map(stepPart)}
        <li data-way="answer" data-state=${steps.every(({ ok }) => ok) ? 'passed' : 'refused'}>
          <p><span class="sr-only">Server to browser: </span>${answer.trim()}</p>
        </li>
      </ol>
    </div>
  `
}

function stepPart({ words, asksStore, ok, ms, note }: TraceStep): TemplateResult {
  return html`
    <li data-way=${asksStore ? 'store' : 'server'} data-state=${ok ? 'passed' : 'refused'}>
      <p>
        <span class="sr-only">${asksStore ? 'Server and store: ' : 'Server: '}</span>
        <b>${words}</b>
        <span class="tr-outcome">${ok ? '' : 'refused'}</span>
        ${ms === null ? nothing : html`<span class="tr-time">${ms} ms</span>`}
        ${note === '' ? nothing : html`<span class="tr-note">${note}</span>`}
      </p>
    </li>
  `
}
