import { RequestFormElement } from '../request-form.ts'
import './exchange-view.ts'
import './request-code.ts'
import './request-history.ts'

declare global {
  interface HTMLElementTagNameMap {
    'request-form': RequestFormElement
  }
}

if (!customElements.get('request-form')) customElements.define('request-form', RequestFormElement)
