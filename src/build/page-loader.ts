import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DataStore, type Loader, type LoaderContext, glob } from 'astro/loaders'
import { checkFrontMatter } from './markdown/checks/front-matter.ts'

/** How long a page has to rest until its new text is written down. */
const restMs = 10_000

type Entry = Parameters<DataStore['set']>[0]

/**
 * The loader of the pages. In `astro dev` it writes the text of an edited page down when the page has rested. The
 * store is a module that nearly every other imports, so that each write has the whole site evaluated anew; and a page
 * is rendered from its file, only its frontmatter comes from the store.
 * @param base the folder of the pages, below the project. @param pattern which files of it are pages
 */
export function pageLoader(base: string, pattern: string[]): Loader {
  // A mistake in a .md file fails the build only when pages are rendered with their routes.
  const pages = glob({ base, pattern, deferRender: true })
  return {
    name: 'pages',
    async load(context: ContextOfAstro) {
      const { watcher, entryTypes, logger } = context
      if (!watcher) {
        await pages.load(context)
        return
      }
      const store = patientStore(context.store)
      const isKnown = knownPages(context)
      const forgiving = [...(entryTypes ?? [])].map(
        ([ending, type]) => [ending, forgive(type, logger, isKnown)] as const,
      )
      const own: ContextOfAstro = {
        ...context,
        store: store.asStore,
        entryTypes: new Map(forgiving),
      }
      await pages.load(own)
      store.isPatient = true
    },
  }
}

/** Astro gives its own loaders what reads each kind of file; its type for the loaders of others leaves that out. */
interface ContextOfAstro extends LoaderContext {
  readonly entryTypes?: ReadonlyMap<string, EntryType>
}

interface EntryType {
  getEntryInfo(page: { readonly fileUrl: URL; readonly contents: string }): unknown
}

const nameOfBroken = 'A page with a mistake'

/** @returns whether the text of a page is one that an earlier start has read without a mistake */
function knownPages(context: LoaderContext): (contents: string) => boolean {
  const good = context.store.values().filter(({ data }) => data['title'] !== nameOfBroken)
  const digests = new Set(good.map(({ digest }) => digest))
  return (contents) => digests.has(context.generateDigest(contents))
}

/** `astro dev` goes on when a frontmatter is broken: who asks for the page gets the mistake, and the others their page. */
function forgive(
  type: EntryType,
  logger: LoaderContext['logger'],
  isKnown: (contents: string) => boolean,
): EntryType {
  return {
    ...type,
    getEntryInfo(page) {
      if (isKnown(page.contents)) return type.getEntryInfo(page)
      const [first] = checkFrontMatter(page.contents, relative('', fileURLToPath(page.fileUrl)))
      if (!first) return type.getEntryInfo(page)
      logger.error(first.message)
      const data = { title: nameOfBroken, description: first.message }
      return { data, rawData: '', body: page.contents, slug: '' }
    },
  }
}

/** A store that waits with what only changes the text of an entry. */
function patientStore(store: DataStore) {
  const waiting = new Map<string, { readonly entry: Entry; readonly timer: NodeJS.Timeout }>()
  const patient = {
    isPatient: false,
    asStore: {
      ...store,
      // The loader compares digests: what waits is what it has seen last.
      get: (id: string) => waiting.get(id)?.entry ?? store.get(id),
      set(entry: Entry) {
        clearTimeout(waiting.get(entry.id)?.timer)
        waiting.delete(entry.id)
        if (!patient.isPatient || !isSameData(entry, store.get(entry.id))) return store.set(entry)
        const timer = setTimeout(() => {
          waiting.delete(entry.id)
          store.set(entry)
        }, restMs)
        waiting.set(entry.id, { entry, timer })
        return true
      },
    } as DataStore,
  }
  return patient
}

function isSameData(entry: Entry, kept: ReturnType<DataStore['get']>): boolean {
  return kept !== undefined && JSON.stringify(kept.data) === JSON.stringify(entry.data)
}
