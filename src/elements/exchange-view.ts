import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Exchange, HeaderList } from '#runner/contract.ts'
import { readJson } from './json-node.ts'
import { jsonPart } from './json-tree.ts'

/** What a 4xx or 5xx answer of this API says about itself (RFC 9457). */
interface Problem {
  title: string
  detail: string | null
  /** Where the docs explain it; null for an address that is not of this site. */
  href: string | null
}

/**
 * One request and its response, both sides in full. Set `exchange`; what it holds is shown as it is, so whoever sets
 * it masks what must not be seen.
 */
export class ExchangeViewElement extends LitElement {
  static override properties = { exchange: { attribute: false } }
  declare exchange: Exchange | null

  constructor() {
    super()
    this.exchange = null
  }

  /** In the page itself, so that the page's own styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('exchange')) this.toggleAttribute('failed', isFailed(this.exchange))
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.exchange) return nothing
    const { request, response, error, durationMs } = this.exchange
    return html`
      <div class="ev-side" role="group" aria-label="Request">
        <p class="ev-line"><b>${request.method}</b> ${request.url}</p>
        ${headersPart(request.headers)} ${cookiesPart(request.browserCookies)}
        ${bodyPart(request.body, typeOf(request.headers), 'Request body')}
      </div>
      <div class="ev-side" role="group" aria-label="Response">
        ${
          response
            ? html`
                <p class="ev-line">
                  <b>${response.status} ${response.statusText}</b> ${Math.round(durationMs)} ms
                </p>
                ${problemPart(readProblem(response.status, response.body))}
                ${headersPart(response.headers)}
                ${bodyPart(response.body, typeOf(response.headers), 'Response body')}
                ${response.truncated ? html`<p class="bb-hint">The body goes on; it is cut here.</p>` : nothing}
              `
            : nothing
        }
        ${error === null ? nothing : html`<p class="bb-error">${error}</p>`}
      </div>
    `
  }
}

function isFailed(exchange: Exchange | null): boolean {
  return exchange !== null && (exchange.response === null || exchange.response.status >= 400)
}

function headersPart(headers: HeaderList): TemplateResult | typeof nothing {
  if (headers.length === 0) return nothing
  return html`
    <dl class="ev-headers">
      ${headers.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  `
}

function cookiesPart(
  cookies: Exchange['request']['browserCookies'],
): TemplateResult | typeof nothing {
  if (cookies === undefined) return nothing
  const words =
    cookies === 'attached'
      ? 'attached by the browser where it holds one, value hidden'
      : 'left out by the browser (credentials: omit)'
  return html`<p class="bb-hint">cookie: ${words}</p>`
}

function bodyPart(
  body: string | null,
  type: string,
  label: string,
): TemplateResult | typeof nothing {
  if (!body) return nothing
  const tree = /[/+]json\b/.test(type) ? readJson(body) : null
  if (tree !== null) {
    return html`<div class="ev-body" tabindex="0" role="group" aria-label=${label}>
      ${jsonPart(tree)}
    </div>`
  }
  return html`<pre
    class="ev-body"
    tabindex="0"
    role="group"
    aria-label=${label}
  ><code>${body}</code></pre>`
}

function problemPart(problem: Problem | null): TemplateResult | typeof nothing {
  if (!problem) return nothing
  const { title, detail, href } = problem
  return html`
    <p class="bb-notice ev-problem" data-kind="bad">
      ${href === null ? html`<b>${title}</b>` : html`<a href=${href}>${title}</a>`}
      ${detail === null ? nothing : html`<span>${detail}</span>`}
    </p>
  `
}

function typeOf(headers: HeaderList): string {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
}

/** The problem that a body describes, if the status is of an error and it does. */
export function readProblem(
  status: number,
  body: string,
  origin = location.origin,
): Problem | null {
  if (status < 400) return null
  const fields = parseObject(body)
  if (typeof fields?.['title'] === 'string') {
    return {
      title: fields['title'],
      detail: typeof fields['detail'] === 'string' ? fields['detail'] : null,
      href: typeof fields['type'] === 'string' ? ownPage(fields['type'], origin) : null,
    }
  }
  if (typeof fields?.['error'] !== 'string') return null
  // The token endpoint speaks RFC 6749 section 5.2; the docs have an anchor for its codes too.
  const detail = fields['error_description']
  return {
    title: fields['error'],
    detail: typeof detail === 'string' ? detail : null,
    href: ownPage(`${origin}/docs/errors#${encodeURIComponent(fields['error'])}`, origin),
  }
}

/** A link leads only into this site, whatever a body says. */
function ownPage(url: string, origin: string): string | null {
  const target = URL.parse(url, origin)
  return target?.origin === origin ? target.href : null
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
