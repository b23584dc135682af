import { type CollectionEntry, getCollection } from 'astro:content'
import type { APIRoute, GetStaticPaths } from 'astro'
import { plainMarkdown } from '../../build/markdown/plain-markdown.ts'

interface Props {
  entry: CollectionEntry<'docs'>
}

/** Every page of the guide has a twin: `/docs/auth.md` is `/docs/auth` as Markdown. */
export const getStaticPaths = (async () => {
  const entries = await getCollection('docs', ({ id }) => id.startsWith('docs/'))
  return entries.map((entry) => ({
    params: { slug: entry.id.replace(/^docs\//, '') },
    props: { entry } satisfies Props,
  }))
}) satisfies GetStaticPaths

export const GET: APIRoute<Props> = ({ props: { entry } }) => {
  const { title, description } = entry.data
  const head = description === undefined ? `# ${title}` : `# ${title}\n\n${description}`
  return new Response(`${head}\n\n${plainMarkdown(entry.body ?? '')}`, {
    headers: { 'Content-Type': 'text/markdown; charset=utf-8' },
  })
}
