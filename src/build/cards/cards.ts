import { once } from 'node:events'
import { mkdir, open, readFile, readdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { AstroIntegration } from 'astro'
import { fewAtOnce } from '../few-at-once.ts'
import { cardPath } from './card-path.ts'
import { CardShelf } from './card-shelf.ts'
import type { Errand } from './draw-ahead.ts'
import type { CardText } from './draw-card.ts'

/** A head is shorter; the list of all pages, which follows it, may be longer than the rest of a page. */
const headBytes = 32 * 1024

/**
 * Draws a card for every built page, from the title and the description in its head, so that pages of plugins have
 * theirs as well. Cards are kept by content: a second build draws only those whose words have changed. Those of the
 * guide are drawn in a thread of its own from the beginning of the build on, which needs one processor for the rest.
 */
export function cards(): AstroIntegration {
  let errand: Errand = { root: '', folder: '' }
  let ahead: Promise<unknown> = Promise.resolve()
  return {
    name: 'barbell:cards',
    hooks: {
      'astro:config:done': ({ config }) => {
        const folder = fileURLToPath(new URL('barbell-cards/', config.cacheDir))
        errand = { root: fileURLToPath(config.root), folder }
      },
      'astro:build:start': ({ logger }) => {
        const worker = new Worker(new URL('draw-ahead.ts', import.meta.url), { workerData: errand })
        // Whatever it leaves undone is done at the end, where a mistake ends the build.
        ahead = once(worker, 'exit').catch((error: unknown) => {
          logger.warn(`no cards could be drawn ahead: ${String(error)}`)
        })
      },
      'astro:build:done': async ({ dir, logger }) => {
        await ahead
        const shelf = new CardShelf(errand.folder)
        const folder = fileURLToPath(dir)
        await fewAtOnce(await listPages(folder), (page) => writeCard(page, folder, shelf))
        logger.info(`${shelf.drawn} cards drawn, the others were kept`)
      },
    },
  }
}

async function listPages(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true })
  return files.filter((file) => file.endsWith('index.html')).map((file) => join(folder, file))
}

async function writeCard(page: string, folder: string, shelf: CardShelf): Promise<void> {
  const picture = await shelf.take(readCardText(await readHead(page)))
  const path = `/${relative(folder, page).split(sep).join('/')}`
  const target = join(folder, cardPath(path))
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, picture)
}

async function readHead(page: string): Promise<string> {
  const file = await open(page)
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(headBytes) })
    const beginning = buffer.toString('utf8', 0, bytesRead)
    return beginning.includes('</head>') ? beginning : await readFile(page, 'utf8')
  } finally {
    await file.close()
  }
}

/** Reads what the head of a page says to other sites. */
export function readCardText(html: string): CardText {
  return {
    title: metaContent(html, 'og:title'),
    description: metaContent(html, 'og:description'),
  }
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#34': '"',
  '#39': "'",
  '#x27': "'",
}

function metaContent(html: string, property: string): string {
  const [, content = ''] =
    new RegExp(`<meta property="${property}" content="([^"]*)"`).exec(html) ?? []
  return content.replaceAll(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
}
