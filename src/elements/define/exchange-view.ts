import { ExchangeViewElement } from '../exchange-view.ts'

declare global {
  interface HTMLElementTagNameMap {
    'exchange-view': ExchangeViewElement
  }
}

if (!customElements.get('exchange-view')) {
  customElements.define('exchange-view', ExchangeViewElement)
}
