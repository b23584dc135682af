/** Something to choose in a form: an option, a radio button, a box to tick. */
interface Choice {
  name: string
  value: string
  /** The words beside it. */
  label: string
}

/** A form of a page, as a browser holds it. */
export interface PageForm {
  /** What is sent if nothing is changed, but for the button. */
  fields: Record<string, string>
  choices: Choice[]
  /** Fields to write into. */
  texts: Choice[]
  buttons: Choice[]
  /** Names of its password fields, by what their `autocomplete` asks for. */
  passwords: Record<string, string>
}

/** What a reader does with a form before pressing its button. */
export interface Filled {
  /** Words beside what is chosen. */
  chosen?: readonly RegExp[]
  /** Words beside a field, and what is written into it. */
  written?: readonly (readonly [label: RegExp, text: string])[]
  currentPassword?: string
  newPassword?: string
  /** Fields that the page does not have, or other values for those that it has. */
  besides?: Record<string, string>
}

/** The forms of a page of this product. It knows as much of HTML as they need. */
export function formsOf(html: string): PageForm[] {
  const labels = new Map(
    [...html.matchAll(/<label\b([^>]*)>(.*?)<\/label>/gs)].map(([, attributes = '', text = '']) => [
      attribute(attributes, 'for'),
      textOf(text),
    ]),
  )
  return [...html.matchAll(/<form\b[^>]*>(.*?)<\/form>/gs)].map(([, form = '']) =>
    readForm(form, labels),
  )
}

/**
 * What a browser sends when a button is pressed.
 * @param button words on it
 * @returns undefined if the form has no such button, or not what is chosen or written into
 */
export function fieldsFor(
  form: PageForm,
  button: RegExp,
  filled: Filled = {},
): Record<string, string> | undefined {
  const choices = [
    form.buttons.find(({ label }) => button.test(label)),
    ...(filled.chosen ?? []).map((words) => form.choices.find(({ label }) => words.test(label))),
    ...(filled.written ?? []).map(([words, value]) => {
      const field = form.texts.find(({ label }) => words.test(label))
      return field && { ...field, value }
    }),
  ].filter((choice) => choice !== undefined)
  const wanted = 1 + (filled.chosen?.length ?? 0) + (filled.written?.length ?? 0)
  if (choices.length < wanted) return undefined
  return {
    ...form.fields,
    ...passwordsOf(form, filled),
    ...Object.fromEntries(choices.map(({ name, value }) => [name, value])),
    ...filled.besides,
  }
}

function passwordsOf(
  { passwords }: PageForm,
  { currentPassword, newPassword }: Filled,
): Record<string, string> {
  const { 'current-password': current, 'new-password': next } = passwords
  return {
    ...(current !== undefined && currentPassword !== undefined && { [current]: currentPassword }),
    ...(next !== undefined && newPassword !== undefined && { [next]: newPassword }),
  }
}

function readForm(html: string, labels: ReadonlyMap<string, string>): PageForm {
  const form: PageForm = { fields: {}, choices: [], texts: [], buttons: [], passwords: {} }
  for (const match of html.matchAll(/<input\b([^>]*)>([^<]*)/g)) {
    const [, attributes = '', after = ''] = match
    readInput(form, attributes, textOf(after) || (labels.get(attribute(attributes, 'id')) ?? ''))
  }
  for (const [, attributes = '', inner = ''] of html.matchAll(
    /<select\b([^>]*)>(.*?)<\/select>/gs,
  )) {
    readSelect(form, attribute(attributes, 'name'), inner)
  }
  for (const [, attributes = '', inner = ''] of html.matchAll(
    /<button\b([^>]*)>(.*?)<\/button>/gs,
  )) {
    form.buttons.push({ ...named(attributes), label: textOf(inner) })
  }
  return form
}

function readInput(form: PageForm, attributes: string, label: string): void {
  const { name, value } = named(attributes)
  if (name === '') return // not sent
  const type = attribute(attributes, 'type')
  const isTicked = /\schecked\b/.test(attributes)
  if (type === 'password') form.passwords[attribute(attributes, 'autocomplete')] = name
  else if (type === 'radio' || type === 'checkbox') {
    form.choices.push({ name, value: value || 'on', label })
    if (isTicked) form.fields[name] = value || 'on'
  } else {
    form.fields[name] = value
    if (type !== 'hidden') form.texts.push({ name, value, label })
  }
}

function readSelect(form: PageForm, name: string, html: string): void {
  const options = [...html.matchAll(/<option\b([^>]*)>(.*?)<\/option>/gs)]
  const [first] = options
  const selected = options.find(([, attributes = '']) => /\sselected\b/.test(attributes)) ?? first
  form.fields[name] = attribute(selected?.[1] ?? '', 'value')
  for (const [, attributes = '', inner = ''] of options) {
    form.choices.push({ name, value: attribute(attributes, 'value'), label: textOf(inner) })
  }
}

function named(attributes: string): { name: string; value: string } {
  return { name: attribute(attributes, 'name'), value: attribute(attributes, 'value') }
}

function attribute(attributes: string, name: string): string {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? ''
  return value.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}

function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
