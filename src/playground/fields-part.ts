import { html, nothing, type TemplateResult } from 'lit'
import { advicePart, fieldPart } from './field-part.ts'
import type { FieldPlace } from './operations.ts'
import type { Advice, RequestState } from './request.ts'

/** What the fields of a call show. */
export interface FieldsPart {
  state: RequestState
  showSecrets: boolean
  advice: readonly Advice[]
  onValue: (fieldId: string, value: string) => void
  onExamples: () => void
}

/** What the free header lines show. */
export interface HeadersPart {
  text: string
  advice: readonly Advice[]
  onInput: (text: string) => void
}

const placeTitles = {
  path: 'Path',
  query: 'Query',
  header: 'Headers of this call',
  body: 'Body',
} as const satisfies Record<FieldPlace, string>

/** Every field of a call, under the part of the request that it goes into. */
export function fieldsPart(part: FieldsPart): TemplateResult | typeof nothing {
  if (part.state.operation.fields.length === 0) return nothing
  const places = Object.keys(placeTitles) as FieldPlace[]
  return html`
    ${places.map((place) => placePart(place, part))}
    <button type="button" class="bb-button rf-examples" data-kind="quiet" @click=${part.onExamples}>
      Fill in the examples
    </button>
  `
}

function placePart(place: FieldPlace, part: FieldsPart): TemplateResult | typeof nothing {
  const { state, showSecrets, advice, onValue } = part
  const fields = state.operation.fields.filter((field) => field.place === place)
  if (fields.length === 0) return nothing
  return html`
    <fieldset class="rf-fields">
      <legend>${placeTitles[place]}</legend>
      ${fields.map((field) =>
        fieldPart({
          field,
          value: state.values[field.id] ?? '',
          showSecrets,
          advice: advice.filter((one) => one.about === field.id),
          onInput: (value) => onValue(field.id, value),
        }),
      )}
    </fieldset>
  `
}

/** Headers of the reader's own, one per line. */
export function headersPart({ text, advice, onInput }: HeadersPart): TemplateResult {
  const typed = (event: Event) => onInput((event.currentTarget as HTMLTextAreaElement).value)
  return html`
    <details class="rf-headers">
      <summary>More headers</summary>
      <div class="bb-field">
        <label for="rf-headers">One per line, as Name: value</label>
        <textarea
          id="rf-headers"
          rows="3"
          spellcheck="false"
          placeholder="accept: application/json"
          aria-describedby="rf-headers-advice"
          .value=${text}
          @input=${typed}
        ></textarea>
      </div>
      ${advicePart(
        'rf-headers-advice',
        advice.filter(({ about }) => about === 'headers'),
      )}
    </details>
  `
}
