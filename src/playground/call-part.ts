import { html, nothing, type TemplateResult } from 'lit'
import type { Operation, OperationGroup } from './operations.ts'
import { prose } from './prose.ts'

/** What the choice of an operation shows. */
export interface CallPart {
  groups: readonly OperationGroup[]
  operation: Operation
  onChoose: (operationId: string) => void
}

/** Every operation in one select, grouped by tag, and the chosen one in words. */
export function callPart({ groups, operation, onChoose }: CallPart): TemplateResult {
  const chosen = (event: Event) => onChoose((event.currentTarget as HTMLSelectElement).value)
  return html`
    <div class="bb-field">
      <label for="rf-call">Call</label>
      <select id="rf-call" aria-describedby="rf-call-summary" @change=${chosen}>
        ${groups.map(
          ({ tag, operations }) => html`
            <optgroup label=${tag}>${operations.map((one) => optionOf(one, operation))}</optgroup>
          `,
        )}
      </select>
    </div>
    <div id="rf-call-summary" class="rf-call">
      <p class="rf-call__path">
        <span class="rf-method" data-method=${operation.method}>${operation.method}</span>
        <code>${operation.path}</code>
      </p>
      ${paragraph(operation.summary)} ${paragraph(operation.description)}
    </div>
  `
}

function optionOf(one: Operation, chosen: Operation): TemplateResult {
  return html`<option value=${one.id} .selected=${one.id === chosen.id}>${one.id}</option>`
}

function paragraph(text: string): TemplateResult | typeof nothing {
  return text === '' ? nothing : html`<p>${prose(text)}</p>`
}
