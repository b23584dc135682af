import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { rootPaths } from '#api/api-paths.ts'
import { contentFolder } from '../samples/recorded-output.ts'
import { idsOf } from './anchors.ts'
import { MarkdownMistake } from './markdown-mistake.ts'
import { isPagePath, pageFiles, pathOfPage } from './page-files.ts'
import { parsePage } from './read-code-switches.ts'

/** What a link may lead to. Read from the folders of the project, so it needs no build. */
export interface Site {
  /** Where its files lie; everything else is relative to it. */
  readonly root: string
  /** The file of a page of `content/`; undefined where no page has this path. */
  pageAt(path: string): string | undefined
  /** Whether the server answers this path, be it with a page of `content/` or with something else. */
  answers(path: string): boolean
  /** The ids of a page of `content/`; undefined for all else, and for a page that cannot be read. */
  anchorsAt(path: string): readonly string[] | undefined
  /** Every path that can be listed, for "did you mean". */
  paths(): string[]
}

/** A page that is made of something else than a file of `content/`. */
export interface MadePage {
  readonly id: string
  /** Markdown. */
  readonly body: string
}

/**
 * What the project in a folder answers: its pages, the routes of `src/pages`, the files of `public/` and the documents
 * of the API.
 * @param root the folder of the project
 * @param made the pages that no file holds, such as those of the reference: their ids, as in `docs/reference/ping`
 */
export function readSite(root: string, made: readonly MadePage[] = []): Site {
  const bodies = new Map(made.map(({ id, body }) => [`/${id}`, body]))
  const known = new Map<string, { readonly changed: number; readonly ids: Ids }>()
  const pageAt = (path: string): string | undefined =>
    ['.mdx', '.md', '/index.mdx', '/index.md']
      .map((ending) => join(contentFolder, (path === '/' ? '' : path) + ending))
      .find((file) => existsSync(join(root, file)) && isPagePath(path))

  const isPage = (path: string): boolean => bodies.has(path) || pageAt(path) !== undefined

  return {
    root,
    pageAt,
    answers: (path) =>
      isPage(path) ||
      isDocument(path) ||
      isFileOf(join(root, 'public', path)) ||
      routesOf(root).some((route) => route.answers(path, isPage)),
    anchorsAt(path) {
      const body = bodies.get(path)
      if (body !== undefined) return idsIn(body, 'page.md')
      const file = pageAt(path)
      if (file === undefined) return undefined
      const changed = statSync(join(root, file)).mtimeMs
      const kept = known.get(file)
      if (kept?.changed === changed) return kept.ids
      const ids = idsIn(readFileSync(join(root, file), 'utf8'), file)
      known.set(file, { changed, ids })
      return ids
    },
    paths: () => [
      ...pageFiles(root).map(pathOfPage),
      ...bodies.keys(),
      ...routesOf(root).flatMap(({ path }) => path ?? []),
      ...Object.values(rootPaths),
    ],
  }
}

const isDocument = (path: string): boolean => Object.values<string>(rootPaths).includes(path)

const isFileOf = (file: string): boolean => existsSync(file) && statSync(file).isFile()

type Ids = readonly string[] | undefined

/** A page that cannot be read has a mistake of its own, and that one is told. */
function idsIn(source: string, file: string): Ids {
  try {
    return idsOf(parsePage(source, file))
  } catch (error) {
    if (error instanceof MarkdownMistake) return undefined
    throw error
  }
}

interface Route {
  /** Where it is one path. */
  readonly path?: string
  answers(path: string, isPage: (path: string) => boolean): boolean
}

/** The routes of `src/pages`, as Astro makes them of file names. */
function routesOf(root: string): Route[] {
  const folder = join('src', 'pages')
  return globSync(`${folder}/**/*.{astro,ts,mdx,md}`, { cwd: root }).map((file) => {
    const name = file
      .slice(folder.length)
      .replaceAll('\\', '/')
      .replace(/\.\w+$/, '')
    const path = name.replace(/\/index$/, '') || '/'
    return path.includes('[') ? manyPaths(path) : { path, answers: (asked) => asked === path }
  })
}

/** `/docs/[...slug].md` stands for the Markdown of each page. */
function manyPaths(pattern: string): Route {
  const shape = pattern
    .replaceAll(/[.*+?^${}()|\\]/g, '\\$&')
    .replaceAll(/\[\\\.\\\.\\\.\w+\]/g, '.+')
    .replaceAll(/\[\w+\]/g, '[^/]+')
  const expression = new RegExp(`^${shape}$`)
  const isTwin = pattern.endsWith('].md')
  return {
    answers: (path, isPage) =>
      expression.test(path) && (!isTwin || isPage(path.replace(/\.md$/, ''))),
  }
}
