import { html, type TemplateResult } from 'lit'
import type { ShownValue } from '#runner/contract.ts'

/** An object that a program printed, closed at first. What is in it is drawn when it is opened. */
export function valuePart(value: ShownValue): TemplateResult {
  const { members } = value
  const count = members.length === 1 ? '1 member' : `${members.length} members`
  // Drawn by the style sheet and not written: the printed text is the program's, word for word.
  // Line ends in the template would stand in the printed text, too.
  // prettier-ignore
  return html`<details class="so-value" @toggle=${redraw(value)}><summary aria-label=${`Object with ${count}`}></summary></details>`
}

/** Fills a details element when it is opened, once. */
function redraw(value: ShownValue): (event: Event) => void {
  return ({ currentTarget }) => {
    const details = currentTarget as HTMLDetailsElement
    if (details.open && details.childElementCount === 1) details.append(membersOf(value))
  }
}

function membersOf({ members, more }: ShownValue): HTMLElement {
  const list = document.createElement('ul')
  list.append(...members.map(([key, value]) => memberItem(key, value)))
  if (more > 0) list.append(textItem(`... ${more} more`))
  return list
}

function memberItem(key: string, value: ShownValue): HTMLLIElement {
  if (value.members.length === 0) return textItem(`${key}: ${value.text}`)
  const item = document.createElement('li')
  const details = document.createElement('details')
  const summary = document.createElement('summary')
  summary.textContent = `${key}: ${value.text}`
  details.append(summary)
  details.addEventListener('toggle', redraw(value))
  item.append(details)
  return item
}

function textItem(text: string): HTMLLIElement {
  const item = document.createElement('li')
  item.textContent = text
  return item
}
