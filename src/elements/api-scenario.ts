import { LoadProblem } from './load-problem.ts'
import { RunStateEvent } from './run-state.ts'
import type { ScenarioPlayElement } from './scenario-play.ts'

/**
 * `<api-scenario name="revoked-key">`: a scenario as the build wrote it, with a button that runs it. Everything that
 * running needs loads at the first click. `state` is that of the play.
 */
export class ApiScenarioElement extends HTMLElement {
  readonly #button = document.createElement('button')
  readonly #problem = document.createElement('p')
  readonly #loading = new LoadProblem()
  #play: ScenarioPlayElement | null = null

  connectedCallback(): void {
    if (this.#button.isConnected) return
    this.#render()
    this.#button.addEventListener('click', () => void this.#press())
    this.addEventListener('run-state', (event) => {
      if (event instanceof RunStateEvent) this.#follow(event.state)
    })
  }

  #render(): void {
    const bar = document.createElement('div')
    bar.className = 'sc-bar'
    this.#button.type = 'button'
    this.#button.className = 'bb-button'
    this.#problem.className = 'bb-error'
    this.#problem.role = 'alert'
    bar.append(this.#button, this.#problem)
    this.querySelector('.sc-summary')?.after(bar)
    this.#label('Run')
  }

  async #press(): Promise<void> {
    if (this.#isPlaying()) {
      this.#play?.stop()
      return
    }
    this.#problem.textContent = ''
    try {
      this.#play ??= await this.#load()
    } catch {
      this.#loading.tell(this.#problem, 'This scenario could not be loaded. Are you offline?')
      return
    }
    await this.#play.run()
  }

  async #load(): Promise<ScenarioPlayElement> {
    const [{ scenarioNamed }] = await Promise.all([
      import('#playground/scenarios/catalogue.ts'),
      import('./define/scenario-play.ts'),
    ])
    const play = this.#play ?? document.createElement('scenario-play')
    play.scenario = scenarioNamed(this.getAttribute('name') ?? '') ?? null
    // The steps that the build wrote, for those without script, give way to those that are played.
    this.querySelector(':scope > .sc-steps')?.replaceWith(play)
    this.querySelector(':scope > .sc-leaves')?.remove()
    return play
  }

  #follow(state: string): void {
    this.setAttribute('state', state)
    this.#label(this.#isPlaying() ? 'Stop' : state === 'idle' ? 'Run' : 'Run again')
  }

  #isPlaying(): boolean {
    return ['loading', 'running'].includes(this.getAttribute('state') ?? '')
  }

  #label(word: string): void {
    const title = document.createElement('span')
    title.className = 'sr-only'
    title.textContent = ` ${this.querySelector('.sc-title')?.textContent ?? ''}`
    this.#button.replaceChildren(word, title)
    if (word === 'Stop') this.#button.dataset['kind'] = 'quiet'
    else delete this.#button.dataset['kind']
  }
}
