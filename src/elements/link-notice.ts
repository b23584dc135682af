/** What a reader can answer to code that a link brought. */
export interface LinkAnswers {
  accept: () => void
  refuse: () => void
}

/** Says above the code that a link brought it. It may run only once its reader has answered. */
export class LinkNotice {
  readonly element = document.createElement('div')
  readonly #accept = document.createElement('button')

  constructor({ accept, refuse }: LinkAnswers) {
    const text = document.createElement('p')
    text.role = 'alert'
    const [source, advice] = [document.createElement('strong'), document.createElement('span')]
    source.textContent = 'This code comes from a link, not from these docs.'
    advice.textContent = ' Anybody can make such a link. Read the code before you run it.'
    text.append(source, advice)
    this.#accept.type = 'button'
    this.#accept.className = 'bb-button'
    this.#accept.textContent = 'I have read it'
    this.#accept.addEventListener('click', accept)
    const original = document.createElement('button')
    original.type = 'button'
    original.className = 'bb-button'
    original.dataset['kind'] = 'quiet'
    original.textContent = 'Show the original'
    original.addEventListener('click', refuse)
    const buttons = document.createElement('div')
    buttons.append(this.#accept, original)
    this.element.className = 'code-sample-linked'
    this.element.role = 'group'
    this.element.ariaLabel = 'Code from a link'
    this.element.append(text, buttons)
  }

  focus(): void {
    this.#accept.focus()
  }
}
