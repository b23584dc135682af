const texts = {
  copied: 'Copied as Markdown.',
  refused: 'Nothing copied: the browser refused, or the page could not be loaded.',
}

/**
 * The button that copies a page as Markdown, beside the link to it; `href` is the address of that text. It is the
 * built text with its placeholders: nothing of the reader's account is ever in it.
 */
export class PageMarkdownElement extends HTMLElement {
  #gone = new AbortController()

  connectedCallback(): void {
    this.#gone = new AbortController()
    const button = this.querySelector('button')
    button?.addEventListener('click', () => void this.#copy(), { signal: this.#gone.signal })
    button?.removeAttribute('hidden')
  }

  disconnectedCallback(): void {
    this.#gone.abort()
  }

  async #copy(): Promise<void> {
    // The text is promised within the click: some browsers let nobody write to the clipboard after it.
    const item = new ClipboardItem({ 'text/plain': readText(this.getAttribute('href') ?? '') })
    const sentence = await navigator.clipboard.write([item]).then(
      () => texts.copied,
      () => texts.refused,
    )
    const status = this.querySelector('[role="status"]')
    if (status) status.textContent = sentence
  }
}

async function readText(href: string): Promise<Blob> {
  const answer = await fetch(href)
  if (!answer.ok) throw new Error(`${href} is answered with ${answer.status}`)
  return new Blob([await answer.text()], { type: 'text/plain' })
}
