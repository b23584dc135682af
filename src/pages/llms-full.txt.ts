import type { APIRoute } from 'astro'
import { pageAsMarkdown } from '../build/markdown/page-as-markdown.ts'
import { originPlaceholder } from '../origin-placeholder.ts'
import { listGuidePages } from './_guide-pages.ts'

/** The whole guide in one file for language models: every page as Markdown, under the address of the page. */
export const GET: APIRoute = async () => {
  const pages = (await listGuidePages()).map(
    (page) => `<!-- ${originPlaceholder}/${page.id} -->\n\n${pageAsMarkdown(page)}`,
  )
  return new Response(pages.join('\n'), {
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  })
}
