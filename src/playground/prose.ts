import { html, type TemplateResult } from 'lit'

/** Text of the API document with its `code` between backticks shown as code; nothing else of Markdown is read. */
export function prose(text: string): (string | TemplateResult)[] {
  return text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))
}
