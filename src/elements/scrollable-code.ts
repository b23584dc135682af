/**
 * Lets the keyboard scroll the code blocks and the recorded output that are larger than their place, and names them. The highlighter would do
 * it too, but late, and it makes each block a `region`: a landmark without a name, and as many on a page as there
 * are wide blocks. It leaves alone what can be focused already.
 * @param root where to look
 */
export function nameScrollableCode(root: ParentNode): void {
  const blocks = root.querySelectorAll<HTMLElement>('.expressive-code pre, .recorded-text')
  const sizes = new ResizeObserver((entries) => {
    // All are measured before one is changed: else the page would be laid out anew for each.
    const measured = entries.map(({ target }) => {
      const block = target as HTMLElement
      return { block, isLarger: isLargerThanPlace(block) }
    })
    for (const { block, isLarger } of measured) nameBlock(block, isLarger)
  })
  for (const block of blocks) sizes.observe(block) // it also tells of how they are at first
}

function isLargerThanPlace(block: HTMLElement): boolean {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = block
  return scrollWidth > clientWidth || scrollHeight > clientHeight
}

function nameBlock(block: HTMLElement, isLarger: boolean): void {
  if (isLarger) {
    block.tabIndex = 0
    block.role = 'group'
    block.ariaLabel = block.matches('.recorded-text') ? 'Recorded output' : 'Code'
  } else {
    block.removeAttribute('tabindex')
    block.role = null
    block.ariaLabel = null
  }
}
