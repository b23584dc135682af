import { html, nothing, type TemplateResult } from 'lit'
import type { Field } from './operations.ts'
import { prose } from './prose.ts'
import type { Advice } from './request.ts'

/** What one labelled field shows. */
export interface FieldPart {
  field: Field
  value: string
  showSecrets: boolean
  advice: readonly Advice[]
  onInput: (value: string) => void
}

/** A label, its control, and what describes it, tied together by ids. */
export function fieldPart(part: FieldPart): TemplateResult {
  const { field, advice } = part
  const id = controlId(field.id)
  return html`
    <div class="bb-field">
      <label for=${id}>
        <code>${field.name}</code>
        <span class="rf-note">${field.required ? 'required' : 'optional'}</span>
      </label>
      ${controlOf(part)}
      ${
        field.description === ''
          ? nothing
          : html`<span class="bb-hint" id="${id}-hint">${prose(field.description)}</span>`
      }
      ${advicePart(`${id}-advice`, advice)}
    </div>
  `
}

/** Sentences on what to mend, announced when they change. An empty place when there are none. */
export function advicePart(id: string, advice: readonly Advice[]): TemplateResult {
  return html`
    <div id=${id} class="rf-advice" aria-live="polite">
      ${advice.map(({ message, stops }) => html`<p ?data-stops=${stops}>${message}</p>`)}
    </div>
  `
}

/** The id of the control of a field. */
export function controlId(fieldId: string): string {
  return `rf-${fieldId.replace(':', '-')}`
}

function controlOf({ field, value, showSecrets, advice, onInput }: FieldPart): TemplateResult {
  const id = controlId(field.id)
  const describedBy = field.description === '' ? `${id}-advice` : `${id}-hint ${id}-advice`
  const invalid = advice.some((one) => one.stops)
  const typed = (event: Event) => onInput((event.currentTarget as HTMLInputElement).value)

  if (field.kind === 'choice' || field.kind === 'boolean') {
    const choices = field.kind === 'boolean' ? ['true', 'false'] : field.choices
    return html`
      <select id=${id} aria-describedby=${describedBy} @change=${typed}>
        <option value="" .selected=${value === ''}>not sent</option>
        ${choices.map(
          (choice) =>
            html`<option value=${choice} .selected=${choice === value}>${choice}</option>`,
        )}
      </select>
    `
  }
  if (field.kind === 'json') {
    return html`<textarea
      id=${id}
      rows="3"
      spellcheck="false"
      placeholder=${field.example}
      aria-describedby=${describedBy}
      aria-invalid=${invalid ? 'true' : nothing}
      .value=${value}
      @input=${typed}
    ></textarea>`
  }
  return html`<input
    id=${id}
    type=${field.secret && !showSecrets ? 'password' : 'text'}
    inputmode=${field.kind === 'number' ? 'numeric' : nothing}
    autocomplete="off"
    autocapitalize="none"
    spellcheck="false"
    placeholder=${field.example}
    aria-describedby=${describedBy}
    aria-invalid=${invalid ? 'true' : nothing}
    .value=${value}
    @input=${typed}
  />`
}
