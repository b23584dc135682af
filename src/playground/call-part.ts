import { html, nothing, type TemplateResult } from 'lit'
import { findOperations } from './find-operations.ts'
import type { Operation, OperationGroup } from './operations.ts'
import { prose } from './prose.ts'

/** What the choice of an operation shows. */
export interface CallPart {
  groups: readonly OperationGroup[]
  operation: Operation
  /** What was typed to find a call. */
  search: string
  onSearch: (typed: string) => void
  onChoose: (operationId: string) => void
}

/** Every operation in one select, grouped by tag, a search that shortens it, and the chosen one in words. */
export function callPart(part: CallPart): TemplateResult {
  const { operation, onChoose } = part
  const chosen = (event: Event) => onChoose((event.currentTarget as HTMLSelectElement).value)
  return html`
    ${searchPart(part)}
    <div class="bb-field">
      <label for="rf-call">Call</label>
      <select id="rf-call" aria-describedby="rf-call-summary" @change=${chosen}>
        ${shownGroups(part).map(
          ({ tag, operations }) => html`
            <optgroup label=${tag}>${operations.map((one) => optionOf(one, operation))}</optgroup>
          `,
        )}
      </select>
    </div>
    <div id="rf-call-summary" class="rf-call">
      <p class="rf-call__path">
        <span class=${operation.method === 'GET' ? 'method' : 'method method-changes'}
          >${operation.method}</span
        >
        <code>${operation.path}</code>
      </p>
      ${paragraph(operation.summary)} ${paragraph(operation.description)}
      ${operation.page === null ? nothing : html`<p><a href=${operation.page}>Everything about this call</a></p>`}
    </div>
  `
}

function searchPart({ groups, search, onSearch, onChoose }: CallPart): TemplateResult {
  const found = findOperations(groups, search).flatMap(({ operations }) => operations)
  const typed = (event: Event) => onSearch((event.currentTarget as HTMLInputElement).value)
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return
    event.preventDefault() // It chooses a call; it does not send one.
    const [first] = found
    if (first) onChoose(first.id)
  }
  return html`
    <div class="bb-field">
      <label for="rf-find">Find by a word or a path</label>
      <input
        id="rf-find"
        type="search"
        autocomplete="off"
        spellcheck="false"
        aria-describedby="rf-found"
        .value=${search}
        @input=${typed}
        @keydown=${pressed}
      />
      <span id="rf-found" class="bb-hint" role="status">${foundSentence(search, found)}</span>
    </div>
  `
}

function foundSentence(search: string, found: readonly Operation[]): string {
  const [first] = found
  if (search.trim() === '') return ''
  if (!first) return 'No call matches.'
  return `${found.length} ${found.length === 1 ? 'call matches' : 'calls match'}. Enter takes ${first.id}.`
}

/** Those that were found, and above them the chosen one where it is not among them. */
function shownGroups({ groups, operation, search }: CallPart): OperationGroup[] {
  const found = findOperations(groups, search)
  const isFound = found.some(({ operations }) => operations.includes(operation))
  return isFound ? found : [{ tag: 'Chosen', operations: [operation] }, ...found]
}

function optionOf(one: Operation, chosen: Operation): TemplateResult {
  return html`<option value=${one.id} .selected=${one.id === chosen.id}>${one.id}</option>`
}

function paragraph(text: string): TemplateResult | typeof nothing {
  return text === '' ? nothing : html`<p>${prose(text)}</p>`
}
