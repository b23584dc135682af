import { TimeLeftElement } from '../time-left.ts'

declare global {
  interface HTMLElementTagNameMap {
    'time-left': TimeLeftElement
  }
}

if (!customElements.get('time-left')) customElements.define('time-left', TimeLeftElement)
