import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { frontMatterOf } from '../markdown/front-matter.ts'
import { nearestWord } from '../markdown/nearest-word.ts'
import { pageFiles, pathOfPage } from '../markdown/page-files.ts'
import { contentFolder, recordedPath } from '../samples/recorded-output.ts'

/** Why no page was made, in words for its writer. */
export class NoNewPage extends Error {
  override readonly name = 'NoNewPage'
}

export interface NewPage {
  /** Below the project. */
  readonly file: string
  /** Its address in the site. */
  readonly path: string
}

const docs = join(contentFolder, 'docs')
/** What stands in the template for the title, and for what is named after the page. */
const inTemplate = { title: 'Page title', name: 'page-name', order: 'order: 1' }

/**
 * Makes a page out of `content/_template.mdx`, at the end of its folder's part of the sidebar. Its samples are
 * recorded already, so that they pass before anything has been written.
 * @param title as readers see it. @param folder below `content/docs`, such as `guides`; empty for none
 * @throws {NoNewPage} where the page is there, or cannot be
 */
export function makePage(root: string, title: string, folder: string): NewPage {
  const name = nameOf(title)
  const file = join(docs, folderOf(root, folder), `${name}.mdx`)
  refuseExisting(root, file)
  const template = readFileSync(join(root, contentFolder, '_template.mdx'), 'utf8')
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(
    join(root, file),
    template
      .replace(inTemplate.title, () => asYaml(title.trim()))
      .replace(inTemplate.order, `order: ${nextOrder(root, dirname(file))}`)
      .replaceAll(inTemplate.name, name),
  )
  const page = file.slice(contentFolder.length + 1).replace(/\.mdx$/, '')
  for (const language of ['python', 'javascript']) {
    const record = recordedPath('_template', inTemplate.name, language)
    cpSync(join(root, record), join(root, recordedPath(page, name, language)))
  }
  return { file, path: pathOfPage(file) }
}

/** The words of a title as they stand in an address: "What is a key?" is `what-is-a-key`. */
function nameOf(title: string): string {
  const words = title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g)
  const name = (words ?? []).join('-')
  // It names a sample too, and those begin with a letter.
  if (/^[a-z]/.test(name)) return name
  throw new NoNewPage(`"${title}" makes no address. Begin the title with a letter from a to z.`)
}

function folderOf(root: string, folder: string): string {
  const path = folder.replaceAll(/^\/|\/$/g, '')
  if (!/^(?:[a-z0-9-]+(?:\/[a-z0-9-]+)*)?$/.test(path)) {
    throw new NoNewPage(`"${folder}" is no folder below content/docs. Write it like guides.`)
  }
  const folders = new Set(pageFiles(root).map((file) => dirname(file).slice(docs.length + 1)))
  const meant = folders.has(path) || path === '' ? undefined : nearestWord(path, [...folders])
  if (meant) throw new NoNewPage(`There is no folder content/docs/${path}. Did you mean ${meant}?`)
  return path
}

function refuseExisting(root: string, file: string): void {
  const other = [file, file.replace(/\.mdx$/, '.md'), file.replace(/\.mdx$/, '/index.mdx')].find(
    (each) => existsSync(join(root, each)),
  )
  if (other) throw new NoNewPage(`${other} is there already. Choose another title.`)
}

/** A title with a colon in it would be read as a field. */
function asYaml(title: string): string {
  return /^[A-Za-z][\w ,.()'/-]*$/.test(title) ? title : JSON.stringify(title)
}

/** The place behind the last page of a folder; its pages share a whole number, which is the place of the folder. */
function nextOrder(root: string, folder: string): number {
  const orders = pageFiles(root)
    .filter((file) => dirname(file) === folder)
    .map((file) =>
      Number(
        frontMatterOf(readFileSync(join(root, file), 'utf8'))?.yaml.getIn(['sidebar', 'order']),
      ),
    )
    .filter((order) => order > 0)
  if (orders.length === 0) return 1
  const last = Math.max(...orders)
  return folder === docs ? Math.floor(last) + 1 : Math.round(last * 10 + 1) / 10
}
