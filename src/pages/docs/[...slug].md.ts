import type { APIRoute, GetStaticPaths } from 'astro'
import { type GuidePage, pageAsMarkdown } from '../../build/markdown/page-as-markdown.ts'
import { listGuidePages } from '../_guide-pages.ts'

interface Props {
  page: GuidePage
}

/** Every page of the guide has a twin: `/docs/auth.md` is `/docs/auth` as Markdown. */
export const getStaticPaths = (async () =>
  (await listGuidePages()).map((page) => ({
    params: { slug: page.id.replace(/^docs\//, '') },
    props: { page } satisfies Props,
  }))) satisfies GetStaticPaths

export const GET: APIRoute<Props> = ({ props: { page } }) =>
  new Response(pageAsMarkdown(page), {
    headers: { 'Content-Type': 'text/markdown; charset=utf-8' },
  })
