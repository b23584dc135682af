import type { SampleError } from '#runner/contract.ts'

const maxCharacters = 300

/** `error-mark-opened`: the reader wants to see the whole error whose mark stands in the code. */
export class ErrorMarkEvent extends Event {
  constructor() {
    super('error-mark-opened', { bubbles: true, composed: true })
  }
}

/** What an error says in one line. */
export function errorText({ name, message }: SampleError): string {
  const text = message ? `${name}: ${message}` : name
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text
}

/** What stands below the line that an error came from: its message, as a button that leads to the whole error. */
export function errorMark(error: SampleError): HTMLButtonElement {
  const mark = document.createElement('button')
  mark.type = 'button'
  mark.className = 'error-mark'
  mark.part = 'error-mark'
  mark.textContent = `Line ${error.line ?? 0}: ${errorText(error)}`
  mark.addEventListener('click', () => mark.dispatchEvent(new ErrorMarkEvent()))
  return mark
}
