/**
 * Says what could not be loaded. Browsers remember a script that did not come for as long as the page is open (the
 * module map of HTML), so that a second try may fail at once and for ever: from then on a reload is offered.
 */
export class LoadProblem {
  #times = 0

  /** @param place is emptied first */
  tell(place: HTMLElement, sentence: string): void {
    this.#times += 1
    place.textContent = sentence
    if (this.#times === 1) return
    const reload = document.createElement('button')
    reload.type = 'button'
    reload.className = 'bb-button'
    reload.dataset['kind'] = 'quiet'
    reload.textContent = 'Reload the page'
    reload.addEventListener('click', () => location.reload())
    place.append(' ', reload)
  }
}
