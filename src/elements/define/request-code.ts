import { RequestCodeElement } from '../request-code.ts'

declare global {
  interface HTMLElementTagNameMap {
    'request-code': RequestCodeElement
  }
}

if (!customElements.get('request-code')) customElements.define('request-code', RequestCodeElement)
