import { NearestPagesElement } from '../nearest-pages.ts'
import './site-search.ts'

declare global {
  interface HTMLElementTagNameMap {
    'nearest-pages': NearestPagesElement
  }
}

if (!customElements.get('nearest-pages')) {
  customElements.define('nearest-pages', NearestPagesElement)
}
