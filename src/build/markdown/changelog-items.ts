import { plainMarkdown } from './plain-markdown.ts'

/** One release of the changelog. */
export interface ChangelogItem {
  /** As its heading in the page: `0.1.0`. */
  title: string
  /** What has changed, as Markdown. */
  text: string
  /** When it was released, where its heading says so: `## 0.2.0 (2026-11-24)`. */
  date: Date | undefined
}

const release = /^## (.+)$/m
const dated = /\((\d{4}-\d{2}-\d{2})\)\s*$/

/** Reads the releases of the changelog, the newest first. What is not yet released is news to nobody. */
export function changelogItems(body: string): ChangelogItem[] {
  const [, ...parts] = plainMarkdown(body).split(release)
  const items: ChangelogItem[] = []
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [title = '', text = ''] = parts.slice(at, at + 2)
    if (/^not yet released$/i.test(title)) continue
    const [, day] = dated.exec(title) ?? []
    const date = day === undefined ? undefined : new Date(`${day}T00:00:00Z`)
    items.push({ title, text: text.trim(), date })
  }
  return items
}
