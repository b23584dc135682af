import { SiteSearchElement } from '../site-search.ts'

declare global {
  interface HTMLElementTagNameMap {
    'site-search': SiteSearchElement
  }
}

if (!customElements.get('site-search')) customElements.define('site-search', SiteSearchElement)
