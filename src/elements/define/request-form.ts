import { RequestFormElement } from '../request-form.ts'
import './exchange-view.ts'

declare global {
  interface HTMLElementTagNameMap {
    'request-form': RequestFormElement
  }
}

if (!customElements.get('request-form')) customElements.define('request-form', RequestFormElement)
