/** A page shows what one item looks like, not all of them. */
const shownItems = 2

/**
 * The JSON of an answer without the items of a long list in it, which are all alike.
 * @returns the text, laid out, and how many items it lacks; any other text as it is
 */
export function firstItems(body: string): { text: string; left: number } {
  const value = parsed(body)
  if (typeof value !== 'object' || value === null) return { text: body, left: 0 }
  const { items } = value as { items?: unknown }
  const isLong = Array.isArray(items) && items.length > shownItems + 1
  const shown = isLong ? { ...value, items: items.slice(0, shownItems) } : value
  const left = isLong ? items.length - shownItems : 0
  return { text: JSON.stringify(shown, null, 2), left }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
