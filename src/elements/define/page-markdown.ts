import { PageMarkdownElement } from '../page-markdown.ts'

declare global {
  interface HTMLElementTagNameMap {
    'page-markdown': PageMarkdownElement
  }
}

if (!customElements.get('page-markdown')) {
  customElements.define('page-markdown', PageMarkdownElement)
}
