/**
 * Lets the keyboard scroll the code blocks and the recorded output that are larger than their place, and names them. The highlighter would do
 * it too, but late, and it makes each block a `region`: a landmark without a name, and as many on a page as there
 * are wide blocks. It leaves alone what can be focused already.
 * @param root where to look
 */
export function nameScrollableCode(root: ParentNode): void {
  const blocks = root.querySelectorAll<HTMLElement>('.expressive-code pre, .recorded-text')
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) nameBlock(target as HTMLElement)
  })
  for (const block of blocks) {
    nameBlock(block)
    sizes.observe(block)
  }
}

function nameBlock(block: HTMLElement): void {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = block
  if (scrollWidth > clientWidth || scrollHeight > clientHeight) {
    block.tabIndex = 0
    block.role = 'group'
    block.ariaLabel = block.matches('.recorded-text') ? 'Recorded output' : 'Code'
  } else {
    block.removeAttribute('tabindex')
    block.role = null
    block.ariaLabel = null
  }
}
