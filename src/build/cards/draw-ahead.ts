/** Runs in a thread of its own: draws the cards of the guide's pages from their frontmatter while they are compiled. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { workerData } from 'node:worker_threads'
import { frontMatterOf } from '../markdown/front-matter.ts'
import { pageFiles } from '../markdown/page-files.ts'
import { CardShelf } from './card-shelf.ts'

/** What the thread is started with. */
export interface Errand {
  /** Of the project. */
  readonly root: string
  /** Of the kept cards. */
  readonly folder: string
}

const { root, folder } = workerData as Errand
const shelf = new CardShelf(folder)

// One at a time: the threads that draw are those by which the build reads its files.
for (const file of pageFiles(root)) {
  const data: unknown = frontMatterOf(readFileSync(join(root, file), 'utf8'))?.yaml.toJS()
  const { title, description } = (data ?? {}) as Record<string, unknown>
  // A page that names itself in other ways gets its card when it has been built.
  if (typeof title === 'string' && typeof description === 'string') {
    await shelf.take({ title: title.trim(), description: description.trim() })
  }
}
