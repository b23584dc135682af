import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MarkdownMistake } from '#build/markdown/markdown-mistake.ts'
import {
  type CodeSwitch,
  type Fence,
  readCodeSwitches,
} from '#build/markdown/read-code-switches.ts'
import { referencePages } from '#build/reference/reference-pages.ts'
import { contentFolder } from '#build/samples/recorded-output.ts'

/** A page with its samples, or with the mistake that keeps it from being read. */
export interface SamplePage {
  /** Path below its folder, without ending: `docs/auth`. */
  readonly name: string
  /** Path of the file, as a writer knows it. */
  readonly file: string
  /** The whole file. */
  readonly source: string
  /** The build makes it: what its samples print is not recorded, since the answer is shown in full beside them. */
  readonly isMade: boolean
  readonly groups: readonly CodeSwitch[]
  readonly mistake?: MarkdownMistake
}

/** One sample with what it belongs to. */
export interface Sample {
  readonly page: SamplePage
  readonly group: CodeSwitch
  readonly fence: Fence
}

/** Which samples to look for. */
export interface SampleChoice {
  /** Folder of the pages. */
  readonly folder: string
  /** One page: `docs/auth`. */
  readonly page?: string | undefined
  /** One language: `python`. */
  readonly only?: string | undefined
}

/**
 * Reads the pages as the build does, by the same parser.
 * @throws {RangeError} where no page is that one
 */
export function readSamplePages({ folder, page }: SampleChoice): SamplePage[] {
  // What begins with _ is no page, but the template has samples that are to work in each page that is made of it.
  const files = [
    ...globSync('**/*.{md,mdx}', { cwd: folder, exclude: ['snippets/**', '**/_*'] }).sort(),
    ...globSync('_template.mdx', { cwd: folder }),
  ]
  const written = files.map((file) => readWritten(folder, file))
  const pages = folder === contentFolder ? [...written, ...madePages()] : written
  const chosen = page === undefined ? pages : pages.filter(({ name }) => name === page)
  if (chosen.length > 0) return chosen
  throw new RangeError(
    `There is no page "${page ?? ''}". There are: ${pages.map(({ name }) => name).join(', ')}.`,
  )
}

/** The samples of pages, in the order in which a reader meets them. */
export function samplesOf(pages: readonly SamplePage[], only?: string): Sample[] {
  const samples = pages.flatMap((page) =>
    page.groups.flatMap((group) => group.fences.map((fence) => ({ page, group, fence }))),
  )
  return samples.filter(({ fence }) => only === undefined || fence.language === only)
}

function readWritten(folder: string, path: string): SamplePage {
  const file = join(folder, path)
  const source = readFileSync(file, 'utf8')
  return readPage({ name: path.replace(/\.mdx?$/, ''), file, source, isMade: false })
}

/** Those of the reference, which no file holds. */
function madePages(): SamplePage[] {
  return referencePages().map(({ id, body }) =>
    readPage({ name: id, file: `${id}.md`, source: body, isMade: true }),
  )
}

function readPage(page: Omit<SamplePage, 'groups' | 'mistake'>): SamplePage {
  try {
    return { ...page, groups: readCodeSwitches(page.source, page.file) }
  } catch (mistake) {
    if (mistake instanceof MarkdownMistake) return { ...page, groups: [], mistake }
    throw mistake
  }
}
