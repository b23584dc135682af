import { CodeEditorElement } from '../code-editor.ts'

declare global {
  interface HTMLElementTagNameMap {
    'code-editor': CodeEditorElement
  }
}

if (!customElements.get('code-editor')) customElements.define('code-editor', CodeEditorElement)
