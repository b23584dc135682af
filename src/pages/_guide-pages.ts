import { getCollection } from 'astro:content'
import type { GuidePage } from '../build/markdown/page-as-markdown.ts'

/** A page of the guide with its path, such as `docs/auth`. */
export interface ListedPage extends GuidePage {
  id: string
}

/** Every page of the guide in the order in which it is to be read. */
export async function listGuidePages(): Promise<ListedPage[]> {
  const entries = await getCollection('docs', ({ id }) => id.startsWith('docs/'))
  return entries
    .toSorted((a, b) => (a.data.sidebar.order ?? Infinity) - (b.data.sidebar.order ?? Infinity))
    .map(({ id, body = '', data: { title, description } }) => ({ id, title, description, body }))
}
