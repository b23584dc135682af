import { RequestHistoryElement } from '../request-history.ts'

declare global {
  interface HTMLElementTagNameMap {
    'request-history': RequestHistoryElement
  }
}

if (!customElements.get('request-history')) {
  customElements.define('request-history', RequestHistoryElement)
}
