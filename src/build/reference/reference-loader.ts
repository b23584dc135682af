import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Loader, LoaderContext } from 'astro/loaders'
import { methodClasses } from '../markdown/operation-elements.ts'
import { sourceDigest } from '../source-digest.ts'
import { besideLayout, withExampleBeside } from './example-beside.ts'
import { type ReferencePage, referencePages } from './reference-pages.ts'

/**
 * Adds the pages of the reference to those that a loader finds: then everything that a page has, they have as well
 * (search, table of contents, Markdown twin, place in llms.txt).
 */
export function withReference(pages: Loader): Loader {
  return {
    ...pages,
    name: 'barbell-pages',
    async load(context: LoaderContext) {
      // What finds the other pages takes these for pages that are gone.
      const kept = new Map(context.store.entries())
      await pages.load(context)
      const source = sourceDigest(fileURLToPath(context.config.root))
      for (const page of referencePages()) {
        const digest = context.generateDigest({ page, source })
        const entry = kept.get(page.id)
        if (entry?.digest === digest) context.store.set(entry)
        else await addPage(page, digest, context)
      }
    },
  }
}

async function addPage(page: ReferencePage, digest: string, context: LoaderContext): Promise<void> {
  const { id, title, description, order, sidebar, body } = page
  const data = await context.parseData({
    id,
    data: {
      title,
      description,
      editUrl: false,
      lastUpdated: false,
      ...(isOperation(page) && { head: [besideLayout] }),
      sidebar: {
        order,
        ...(sidebar.label !== undefined && { label: sidebar.label }),
        ...(sidebar.method !== undefined && { badge: badgeOf(sidebar.method) }),
      },
    },
  })
  // Starlight's own plugins work on Markdown below the folder of the pages only.
  const fileURL = pathToFileURL(`content/${id}.md`)
  const { html, ...rendered } = await context.renderMarkdown(body, { fileURL })
  context.store.set({
    id,
    data,
    body,
    digest,
    rendered: { ...rendered, html: isOperation(page) ? withExampleBeside(html) : html },
    filePath: placeInSidebar(page),
  })
}

function isOperation({ sidebar }: ReferencePage): boolean {
  return sidebar.method !== undefined
}

/** Starlight makes the groups of the sidebar of the folders of files. These pages have none, so they name one. */
function placeInSidebar({ id, folder }: ReferencePage): string {
  const name = id.slice(id.lastIndexOf('/') + 1)
  return ['content/reference', folder, `${name}.md`].filter(Boolean).join('/')
}

function badgeOf(method: string) {
  return { text: method, class: methodClasses(method).join(' ') }
}
