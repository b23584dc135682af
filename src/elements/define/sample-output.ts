import { SampleOutputElement } from '../sample-output.ts'
import './exchange-view.ts'
import './reader-account.ts'

declare global {
  interface HTMLElementTagNameMap {
    'sample-output': SampleOutputElement
  }
}

if (!customElements.get('sample-output')) {
  customElements.define('sample-output', SampleOutputElement)
}
