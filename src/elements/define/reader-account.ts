import { ReaderAccountElement } from '../reader-account.ts'

declare global {
  interface HTMLElementTagNameMap {
    'reader-account': ReaderAccountElement
  }
}

if (!customElements.get('reader-account')) {
  customElements.define('reader-account', ReaderAccountElement)
}
