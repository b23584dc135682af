import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { brunoCollection } from '#playground/bruno.ts'
import { AgainEvent } from '#playground/events.ts'
import { harOf } from '#playground/har.ts'
import { type DifferenceRow, differencesOf, type Entry } from '#playground/history.ts'
import { maskedExchange } from '#playground/masked-exchange.ts'
import { postmanCollection } from '#playground/postman.ts'
import { saveFile } from '#playground/save-file.ts'
import { type ToolCall, toolCallsOf } from '#playground/tool-calls.ts'
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
        ${exportButton('Export as HAR', () => this.#exportHar())}
        ${exportButton('Export for Postman', () => this.#exportPostman())}
        ${exportButton('Export for Bruno', () => void this.#exportBruno())}
      </div>
      <p class="bb-hint">
        Tick two to compare them. No export holds a secret: HAR has stars, the others variables such
        as <code>{{barbellKey}}</code>. For Bruno, unpack the file and open its folder.
      </p>
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

  #exportHar(): void {
    const exchanges = this.entries.map(({ exchange }) => exchange).toReversed()
    saveFile('barbell-playground.har', jsonText(harOf(exchanges)), 'application/json')
  }

  #exportPostman(): void {
    const collection = postmanCollection(this.#calls(), location.origin)
    saveFile('barbell.postman_collection.json', jsonText(collection), 'application/json')
  }

  async #exportBruno(): Promise<void> {
    const { zipOf } = await import('#playground/bruno-zip.ts')
    const files = brunoCollection(this.#calls(), location.origin)
    saveFile('barbell-bruno.zip', zipOf(files, 'barbell'), 'application/zip')
  }

  #calls(): ToolCall[] {
    return toolCallsOf(this.entries.map(({ state }) => state).toReversed(), location.origin)
  }
}

function exportButton(label: string, onClick: () => void): TemplateResult {
  return html`
    <button type="button" class="bb-button" data-kind="quiet" @click=${onClick}>${label}</button>
  `
}

function jsonText(value: object): string {
  return JSON.stringify(value, null, 2)
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
