import { plainMarkdown } from './plain-markdown.ts'

/** What is needed of a page of the guide. */
export interface GuidePage {
  title: string
  description: string | undefined
  /** Its source without frontmatter. */
  body: string
}

/** A page as one Markdown document that stands on its own: title, description, text, every language of its samples. */
export function pageAsMarkdown({ title, description, body }: GuidePage): string {
  const head = description === undefined ? `# ${title}` : `# ${title}\n\n${description}`
  return `${head}\n\n${plainMarkdown(body)}`
}
