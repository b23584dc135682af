import { TokenViewElement } from '../token-view.ts'
import './time-left.ts'

declare global {
  interface HTMLElementTagNameMap {
    'token-view': TokenViewElement
  }
}

if (!customElements.get('token-view')) customElements.define('token-view', TokenViewElement)
