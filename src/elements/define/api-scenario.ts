import { ApiScenarioElement } from '../api-scenario.ts'

declare global {
  interface HTMLElementTagNameMap {
    'api-scenario': ApiScenarioElement
  }
}

if (!customElements.get('api-scenario')) customElements.define('api-scenario', ApiScenarioElement)
