/**
 * Where a key leads in a row of tabs. @returns the index of a tab; undefined where the key is none of theirs
 *
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */
export function tabAfterKey(
  event: KeyboardEvent,
  { at, count }: { at: number; count: number },
): number | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return undefined
  switch (event.key) {
    case 'ArrowRight':
      return (at + stepRight(event) + count) % count
    case 'ArrowLeft':
      return (at - stepRight(event) + count) % count
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return undefined
  }
}

/** In a script that runs from right to left, the next tab stands on the left. */
function stepRight({ target }: KeyboardEvent): 1 | -1 {
  const isRightToLeft = target instanceof Element && getComputedStyle(target).direction === 'rtl'
  return isRightToLeft ? -1 : 1
}
