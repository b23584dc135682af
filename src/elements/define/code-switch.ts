import { CodeSwitchElement } from '../code-switch.ts'

declare global {
  interface HTMLElementTagNameMap {
    'code-switch': CodeSwitchElement
  }
}

if (!customElements.get('code-switch')) customElements.define('code-switch', CodeSwitchElement)
