import { PasswordStrengthElement } from '../password-strength.ts'

declare global {
  interface HTMLElementTagNameMap {
    'password-strength': PasswordStrengthElement
  }
}

if (!customElements.get('password-strength')) {
  customElements.define('password-strength', PasswordStrengthElement)
}
