import { ScenarioPlayElement } from '../scenario-play.ts'
import './exchange-view.ts'

declare global {
  interface HTMLElementTagNameMap {
    'scenario-play': ScenarioPlayElement
  }
}

if (!customElements.get('scenario-play')) {
  customElements.define('scenario-play', ScenarioPlayElement)
}
