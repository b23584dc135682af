import { CodeSampleElement } from '../code-sample.ts'

declare global {
  interface HTMLElementTagNameMap {
    'code-sample': CodeSampleElement
  }
}

if (!customElements.get('code-sample')) customElements.define('code-sample', CodeSampleElement)
