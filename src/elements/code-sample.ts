import type { SampleOutputElement } from './sample-output.ts'
import { RunStateEvent } from './run-state.ts'
import type { RunState } from './run-state.ts'
import { readSampleText } from './sample-text.ts'

/**
 * One sample of a page. Where it is `runnable`, it gets a button that runs it in this page and shows below the code
 * what it printed and sent. `state` is `idle`, `loading`, `running`, `done`, `failed` or `stopped`. All that is
 * needed to run (workers, output) loads at the first click.
 */
export class CodeSampleElement extends HTMLElement {
  readonly #button = document.createElement('button')
  #output: SampleOutputElement | null = null
  #gone = new AbortController()

  connectedCallback(): void {
    if (!this.hasAttribute('runnable')) return
    this.#gone = new AbortController()
    this.#render()
    this.#listen(this.#gone.signal)
  }

  disconnectedCallback(): void {
    this.#gone.abort()
    this.#output?.stop()
  }

  #render(): void {
    this.#button.type = 'button'
    this.#button.className = 'code-sample-run'
    this.#button.dataset['pagefindIgnore'] = ''
    if (!this.#button.isConnected) this.prepend(this.#button)
    this.#show('idle')
  }

  #listen(signal: AbortSignal): void {
    this.#button.addEventListener('click', () => void this.#clicked(), { signal })
    this.addEventListener('run-state', (event) => this.#follow(event), { signal })
  }

  async #clicked(): Promise<void> {
    if (this.#isBusy()) {
      this.#output?.stop()
      if (!this.#output) this.#show('stopped')
      return
    }
    this.#show('loading')
    this.#markLine(null)
    this.querySelector(':scope > [role=alert]')?.remove()
    const output = await this.#openOutput().catch(() => null)
    if (this.getAttribute('state') !== 'loading') return
    if (output) output.run(readSampleText(this))
    else this.#couldNotLoad()
  }

  #couldNotLoad(): void {
    const problem = document.createElement('p')
    problem.role = 'alert'
    problem.className = 'code-sample-problem bb-error'
    problem.textContent = 'The runner could not be loaded. Are you offline?'
    this.append(problem)
    this.#show('failed')
  }

  async #openOutput(): Promise<SampleOutputElement> {
    await import('./define/sample-output.ts')
    if (this.#output) return this.#output
    const output = document.createElement('sample-output')
    output.language = this.getAttribute('language') === 'python' ? 'python' : 'javascript'
    this.append(output)
    this.#output = output
    return output
  }

  #follow(event: Event): void {
    if (!(event instanceof RunStateEvent)) return
    this.#show(event.state)
    this.#markLine(event.line)
  }

  #isBusy(): boolean {
    return ['loading', 'running'].includes(this.getAttribute('state') ?? '')
  }

  #show(state: RunState): void {
    this.setAttribute('state', state)
    this.#button.textContent = this.#isBusy() ? 'Stop' : 'Run'
  }

  /** Marks the line that an error came from, for the eye; the message names it for the ear. */
  #markLine(line: number | null): void {
    const lines = this.querySelectorAll('pre .ec-line')
    lines.forEach((element, at) => element.classList.toggle('code-sample-error', at + 1 === line))
  }
}
