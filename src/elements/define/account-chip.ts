import { AccountChipElement } from '../account-chip.ts'

declare global {
  interface HTMLElementTagNameMap {
    'account-chip': AccountChipElement
  }
}

if (!customElements.get('account-chip')) customElements.define('account-chip', AccountChipElement)
