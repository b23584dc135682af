/** What a reader made of a sample. */
export interface Draft {
  text: string
  /** True for code that a link brought, edited since or not. */
  isForeign: boolean
}

/**
 * The draft of a sample of this page in this browser tab: it survives a reload and ends with the tab.
 * @param id of the sample
 */
export function readDraft(id: string): Draft | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(keyOf(id)) ?? 'null')
    return isDraft(value) ? { text: value.text, isForeign: value.isForeign } : null
  } catch {
    return null
  }
}

/** Keeps a draft, or forgets it. Whoever keeps one has made sure that there is no secret in it. */
export function keepDraft(id: string, draft: Draft | null): void {
  try {
    if (draft) sessionStorage.setItem(keyOf(id), JSON.stringify(draft))
    else sessionStorage.removeItem(keyOf(id))
  } catch {
    // Where the browser keeps nothing for a site, a draft lasts as long as the page.
  }
}

function keyOf(id: string): string {
  return `barbell:draft:${location.pathname}#${id}`
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false
  const { text, isForeign } = value as Record<string, unknown>
  return typeof text === 'string' && typeof isForeign === 'boolean'
}
