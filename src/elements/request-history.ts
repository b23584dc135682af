import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { AgainEvent } from '#playground/events.ts'
import { harOf } from '#playground/har.ts'
import { type DifferenceRow, differencesOf, type Entry } from '#playground/history.ts'
import { maskedExchange } from '#playground/masked-exchange.ts'
import { withoutTrace } from '#playground/trace.ts'

/** Rows of a comparison: nobody reads more, and a page of images has hundreds of members. */
const maxRows = 40

/**
 * `<request-history>`: what this session has sent. Set `entries`. Two of them can be laid side by side; `again` asks
 * for one to be sent once more. Secrets are starred out, in the list, in the comparison and in the export.
 */
export class RequestHistoryElement extends LitElement {
  static override properties = { entries: { attribute: false } }
  declare entries: readonly Entry[]
  /** The numbers of at most two entries, in the order of ticking. */
  #ticked: readonly number[] = []

  constructor() {
    super()
    this.entries = []
  }

  /** In the page itself, so that the page's own styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override render(): TemplateResult {
    return html`
      <section class="bb-card rh not-content" aria-labelledby="rh-title">
        <h2 id="rh-title">This session</h2>
        ${
          this.entries.length === 0
            ? html`<p class="bb-hint">
                What you send is listed here until the page is left: to send it again, and to lay
                two answers side by side.
              </p>`
            : this.#list()
        }
      </section>
    `
  }

  #list(): TemplateResult {
    return html`
      <ol class="rh-list" aria-label="Requests of this session">
        ${this.entries.map((entry) => this.#item(entry))}
      </ol>
      <div class="rh-buttons">
        <button type="button" class="bb-button" data-kind="quiet" @click=${() => this.#export()}>
          Export as HAR
        </button>
        <span class="bb-hint"
          >Tick two to compare them. Secrets are starred out in the export.</span
        >
      </div>
      ${this.#comparison()}
    `
  }

  #item(entry: Entry): TemplateResult {
    const { number, exchange } = entry
    const { request, response, durationMs } = exchange
    const { pathname, search } = new URL(request.url)
    const status = response ? String(response.status) : 'no answer'
    return html`
      <li>
        <label class="rh-tick">
          <input
            type="checkbox"
            .checked=${this.#ticked.includes(number)}
            @change=${() => this.#tick(number)}
          />
          <span class="sr-only">Compare number</span> ${number}
        </label>
        <span class="rh-call"><b>${request.method}</b> ${pathname}${search}</span>
        <span class="rh-status" data-kind=${response && response.status < 400 ? 'good' : 'bad'}
          >${status}</span
        >
        <span class="rh-time">${Math.round(durationMs)} ms</span>
        <button
          type="button"
          class="bb-button"
          data-kind="quiet"
          aria-label="Send number ${number} again"
          @click=${() => this.dispatchEvent(new AgainEvent(entry.state))}
        >
          Again
        </button>
      </li>
    `
  }

  /** A third tick takes the place of the first. */
  #tick(number: number): void {
    this.#ticked = this.#ticked.includes(number)
      ? this.#ticked.filter((one) => one !== number)
      : [...this.#ticked, number].slice(-2)
    this.requestUpdate()
  }

  #comparison(): TemplateResult | typeof nothing {
    const [left, right] = this.#ticked
      .toSorted((one, other) => one - other)
      .map((number) => this.entries.find((entry) => entry.number === number))
    if (!left || !right) return nothing
    const [one, other] = [left, right].map(({ exchange }) => withoutTrace(maskedExchange(exchange)))
    if (!one || !other) return nothing
    const rows = differencesOf(one, other)
    return differencePart(rows, [left.number, right.number])
  }

  #export(): void {
    const exchanges = this.entries.map(({ exchange }) => exchange).toReversed()
    const file = new Blob([JSON.stringify(harOf(exchanges), null, 2)], { type: 'application/json' })
    const link = document.createElement('a')
    link.href = URL.createObjectURL(file)
    link.download = 'barbell-playground.har'
    link.click()
    URL.revokeObjectURL(link.href)
  }
}

function differencePart(
  rows: readonly DifferenceRow[],
  [left, right]: [number, number],
): TemplateResult {
  const changed = rows.filter(({ isSame }) => !isSame)
  const count = rows.length - changed.length
  return html`
    <div class="rh-compare" role="group" aria-label="Comparison" tabindex="0">
      <p role="status">
        ${changed.length} ${changed.length === 1 ? 'line differs' : 'lines differ'}, ${count} are
        the same.
      </p>
      <table>
        <caption class="sr-only">
          Where the two requests differ
        </caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Number ${left}</th>
            <th scope="col">Number ${right}</th>
          </tr>
        </thead>
        <tbody>
          ${changed.slice(0, maxRows).map(
            ({ about, left: one, right: other }) =>
              html`<tr>
                <th scope="row">${about}</th>
                <td>${one === '' ? html`<i>nothing</i>` : one}</td>
                <td>${other === '' ? html`<i>nothing</i>` : other}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${
        changed.length > maxRows
          ? html`<p class="bb-hint">The first ${maxRows} are shown.</p>`
          : nothing
      }
    </div>
  `
}
