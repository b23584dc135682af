/** How the code of a sample can be copied. */
export type CopyKind = 'shown' | 'environment' | 'key'

/** What the buttons of a toolbar do. */
export interface ToolbarActions {
  edit: () => void
  reset: () => void
  copy: (kind: CopyKind) => void
  link: () => void
}

/** What a toolbar shows beside Edit and Copy. */
export interface ToolbarState {
  isEditing: boolean
  isEdited: boolean
}

const copyKinds: readonly { kind: CopyKind; label: string; meaning: string }[] = [
  {
    kind: 'environment',
    label: 'With environment variables',
    meaning: 'What the Copy button does: no key stands in the code.',
  },
  { kind: 'shown', label: 'As shown', meaning: 'Placeholders and all.' },
  {
    kind: 'key',
    label: 'With my key',
    meaning: 'The account of this tab is filled in. Do not commit it.',
  },
]

/** The buttons below the code of a sample, and the place where they say what they did. */
export class SampleToolbar {
  readonly element = document.createElement('div')
  readonly #edit: HTMLButtonElement
  readonly #reset: HTMLButtonElement
  readonly #link: HTMLButtonElement
  readonly #badge = document.createElement('span')
  readonly #note = document.createElement('span')

  constructor(id: string, actions: ToolbarActions) {
    this.#edit = button('Edit', actions.edit)
    this.#reset = button('Reset', actions.reset)
    this.#link = button('Link to this code', actions.link)
    this.#badge.className = 'bb-badge'
    this.#badge.dataset['kind'] = 'warn'
    this.#badge.textContent = 'edited'
    this.#note.className = 'code-sample-note'
    this.#note.ariaLive = 'polite'
    this.element.className = 'code-sample-bar'
    this.element.role = 'group'
    this.element.ariaLabel = 'Code'
    this.element.dataset['pagefindIgnore'] = ''
    this.element.append(this.#edit, this.#reset, ...copyButtons(id, actions.copy), this.#link)
    this.element.append(this.#badge, this.#note)
    this.show({ isEditing: false, isEdited: false })
  }

  show({ isEditing, isEdited }: ToolbarState): void {
    this.#edit.hidden = isEditing
    this.#reset.hidden = !isEditing && !isEdited
    this.#link.hidden = !isEdited
    this.#badge.hidden = !isEdited
  }

  /** Says something to the eye and, politely, to the ear. */
  say(text: string): void {
    this.#note.textContent = text
  }

  focusEdit(): void {
    this.#edit.focus()
  }
}

function button(label: string, act: () => void): HTMLButtonElement {
  const element = document.createElement('button')
  element.type = 'button'
  element.textContent = label
  element.addEventListener('click', act)
  return element
}

/** Copy itself, and the menu of the other ways. The browser closes it on Escape and on a click beside it. */
function copyButtons(id: string, copy: ToolbarActions['copy']): HTMLElement[] {
  const menu = document.createElement('div')
  menu.id = `copy-${id}`
  menu.popover = 'auto'
  menu.className = 'code-sample-menu'
  menu.role = 'group'
  menu.ariaLabel = 'Ways to copy'
  menu.append(...copyKinds.map((way) => menuItem(way, menu, copy)))
  const more = button('', () => undefined)
  more.className = 'code-sample-more'
  more.ariaLabel = 'More ways to copy'
  more.setAttribute('popovertarget', menu.id)
  return [button('Copy', () => copy('environment')), more, menu]
}

function menuItem(
  { kind, label, meaning }: (typeof copyKinds)[number],
  menu: HTMLElement,
  copy: ToolbarActions['copy'],
): HTMLButtonElement {
  const item = button('', () => {
    menu.hidePopover()
    copy(kind)
  })
  const [name, hint] = [document.createElement('b'), document.createElement('span')]
  name.textContent = label
  hint.textContent = ` ${meaning}`
  item.append(name, hint)
  return item
}
