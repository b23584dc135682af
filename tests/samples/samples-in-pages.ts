import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MarkdownMistake } from '#build/markdown/markdown-mistake.ts'
import {
  type CodeSwitch,
  type Fence,
  readCodeSwitches,
} from '#build/markdown/read-code-switches.ts'

/** A page with its samples, or with the mistake that keeps it from being read. */
export interface SamplePage {
  /** Path below its folder, without ending: `docs/auth`. */
  readonly name: string
  /** Path of the file, as a writer knows it. */
  readonly file: string
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
  const files = globSync('**/*.{md,mdx}', { cwd: folder, exclude: ['snippets/**', '**/_*'] }).sort()
  const pages = files.map((file) => readPage(folder, file))
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

function readPage(folder: string, path: string): SamplePage {
  const file = join(folder, path)
  const name = path.replace(/\.mdx?$/, '')
  try {
    return { name, file, groups: readCodeSwitches(readFileSync(file, 'utf8'), file) }
  } catch (mistake) {
    if (mistake instanceof MarkdownMistake) return { name, file, groups: [], mistake }
    throw mistake
  }
}
