import type { APIRoute } from 'astro'
import { originPlaceholder } from '../origin-placeholder.ts'
import { listGuidePages } from './_guide-pages.ts'

/** The list of pages for language models (llmstxt.org): each with its Markdown twin. */
export const GET: APIRoute = async () => {
  const pages = (await listGuidePages()).map(({ id, title, description }) => {
    const link = `- [${title}](${originPlaceholder}/${id}.md)`
    return description === undefined ? link : `${link}: ${description}`
  })
  const text = [
    '# Barbell docs',
    '',
    '> The documentation of the Barbell API, an open dataset of match images for FIRST Robotics Competition teams.',
    `> The API itself is described in ${originPlaceholder}/openapi.json. All pages in one file: ${originPlaceholder}/llms-full.txt.`,
    '',
    '## Guide',
    '',
    ...pages,
  ]
  return new Response(`${text.join('\n')}\n`, {
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  })
}
