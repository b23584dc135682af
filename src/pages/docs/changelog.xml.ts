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
  if (!entry) throw new TypeError('there is no page docs/changelog')
  const { headings } = await render(entry)
  return rss({
    title: 'Changelog of the Barbell docs',
    description: entry.data.description,
    site: page,
    trailingSlash: false,
    items: changelogItems(entry.body ?? '').map(({ title, text, date }) => ({
      title,
      link: `${page}#${headings.find((heading) => heading.text === title)?.slug ?? ''}`,
      // A feed is read elsewhere: there, a path alone leads nowhere.
      content: markdownToHtml(text.replaceAll('](/', `](${originPlaceholder}/`)).html,
      ...(date !== undefined && { pubDate: date }),
    })),
  })
}
