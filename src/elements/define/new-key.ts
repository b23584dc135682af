import { NewKeyElement } from '../new-key.ts'

declare global {
  interface HTMLElementTagNameMap {
    'new-key': NewKeyElement
  }
}

if (!customElements.get('new-key')) customElements.define('new-key', NewKeyElement)
