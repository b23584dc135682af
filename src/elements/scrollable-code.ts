/**
 * Names the code blocks that the keyboard can scroll. The highlighter makes each of them a `region`: a landmark
 * without a name, and as many on a page as there are wide blocks. A group with a name says the same without
 * crowding the list of landmarks.
 * @param root where to look, now and from now on
 */
export function nameScrollableCode(root: HTMLElement): void {
  const blocks = (): NodeListOf<HTMLElement> => root.querySelectorAll('.expressive-code pre')
  blocks().forEach(nameBlock)
  new MutationObserver(() => blocks().forEach(nameBlock)).observe(root, {
    subtree: true,
    attributeFilter: ['role'],
  })
}

function nameBlock(block: HTMLElement): void {
  if (block.role === 'region') {
    block.role = 'group'
    block.ariaLabel = 'Code'
  } else if (block.role === null) {
    block.ariaLabel = null
  }
}
