import { readFile } from 'node:fs/promises'
import rss from '@astrojs/rss'
import { getEntry, render } from 'astro:content'
import type { APIRoute } from 'astro'
import { markdownToHtml } from 'satteri'
import { changelogItems } from '../../build/markdown/changelog-items.ts'
import { originPlaceholder } from '../../origin-placeholder.ts'

const page = `${originPlaceholder}/docs/changelog`

/** The changelog as a feed: one item per release, made from the page itself. */
export const GET: APIRoute = async () => {
  const entry = await getEntry('docs', 'docs/changelog')
  if (entry?.filePath === undefined) throw new TypeError('there is no page docs/changelog')
  const text = await readFile(entry.filePath, 'utf8')
  const { headings } = await render(entry)
  return rss({
    title: 'Changelog of the Barbell docs',
    description: entry.data.description,
    site: page,
    trailingSlash: false,
    items: changelogItems(text).map(({ title, text: changes, date }) => ({
      title,
      link: `${page}#${headings.find((heading) => heading.text === title)?.slug ?? ''}`,
      // A feed is read elsewhere: there, a path alone leads nowhere.
      content: markdownToHtml(changes.replaceAll('](/', `](${originPlaceholder}/`)).html,
      ...(date !== undefined && { pubDate: date }),
    })),
  })
}
