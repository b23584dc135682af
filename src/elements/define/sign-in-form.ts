import { SignInFormElement } from '../sign-in-form.ts'
import './exchange-view.ts'
import './token-view.ts'

declare global {
  interface HTMLElementTagNameMap {
    'sign-in-form': SignInFormElement
  }
}

if (!customElements.get('sign-in-form')) customElements.define('sign-in-form', SignInFormElement)
