import '../trusted-types.ts'
import {
  type Estimate,
  type EstimateQuestion,
  isEstimate,
  isSameQuestion,
} from './password-estimate.ts'
import { lengthWords, strengthSteps, strengthWords } from './password-words.ts'

const pauseMs = 1000 // one second without a key stroke
const siteWords = ['barbell', 'frc']

/**
 * `<password-strength>`: says how hard the password that is being chosen in its form is to guess. Eyes read it at
 * once, ears after a pause. What it needs for that is loaded at the first key stroke; where that fails it stays
 * out of sight, and the form works as without it. Its markup is in NewPasswordField.astro.
 */
export class PasswordStrengthElement extends HTMLElement {
  #worker: Worker | null = null
  /** What the worker has under way. */
  #asked: EstimateQuestion | null = null
  #pause: ReturnType<typeof setTimeout> | undefined
  #gone = new AbortController()

  connectedCallback(): void {
    this.#gone = new AbortController()
    const { signal } = this.#gone
    this.#field()?.addEventListener('input', () => this.#type(), { signal })
    // Whoever writes the name after the password is told of it too.
    this.#nameField()?.addEventListener('input', () => this.#type(), { signal })
  }

  disconnectedCallback(): void {
    this.#gone.abort()
    this.#stop()
  }

  #field(): HTMLInputElement | null {
    return this.#form()?.querySelector('input[autocomplete=new-password]') ?? null
  }

  #nameField(): HTMLInputElement | null {
    return this.#form()?.querySelector('input[autocomplete=username]') ?? null
  }

  #form(): HTMLFormElement | null {
    return this.closest('form')
  }

  #type(): void {
    const password = this.#field()?.value ?? ''
    this.hidden = password === ''
    if (this.hidden) {
      this.#write('[role=status]', '')
      return
    }
    // From the first key on, so that it is there once there is something to ask.
    this.#worker ??= this.#openWorker()
    const short = lengthWords(password)
    if (short === null) this.#ask()
    else this.#show(short, 1)
  }

  /** One question at a time: of what is typed meanwhile only the last counts. */
  #ask(): void {
    if (this.#asked !== null) return
    this.#asked = this.#question()
    this.#worker?.postMessage(this.#asked)
  }

  #question(): EstimateQuestion {
    const words = [...siteWords, this.#nameField()?.value ?? '']
    return { password: this.#field()?.value ?? '', words: words.filter((word) => word !== '') }
  }

  #openWorker(): Worker {
    const worker = new Worker(new URL('./password-estimate-worker.ts', import.meta.url), {
      type: 'module',
    })
    worker.addEventListener('message', ({ data }) => isEstimate(data) && this.#answer(data))
    worker.addEventListener('error', () => this.#giveUp())
    return worker
  }

  #answer(estimate: Estimate): void {
    const asked = this.#asked
    this.#asked = null
    if (asked === null || !isSameQuestion(asked, this.#question())) this.#type()
    else this.#show(strengthWords(estimate), strengthSteps(estimate))
  }

  #show(words: string, steps: number): void {
    this.dataset['score'] = String(steps)
    this.#write('.seen', words)
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => this.#write('[role=status]', `Password: ${words}`), pauseMs)
  }

  #write(selector: string, words: string): void {
    const element = this.querySelector(selector)
    // The same once more is not to be read out once more.
    if (element && element.textContent !== words) element.textContent = words
  }

  /** Without its worker it has nothing to say. */
  #giveUp(): void {
    this.#gone.abort()
    this.#stop()
    this.hidden = true
  }

  #stop(): void {
    clearTimeout(this.#pause)
    this.#worker?.terminate()
    this.#worker = null
    this.#asked = null
  }
}
