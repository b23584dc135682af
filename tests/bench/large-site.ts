import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathOf } from './bench-process.ts'
import { type Flavour, largePage, largePagePath } from './large-page.ts'

/** A site with many pages, ready to be built. Disposing of it removes it. */
export interface LargeSite extends Disposable {
  folder: string
}

const root = pathOf('../../')
const ourParts = [
  'astro.config.mjs',
  'ec.config.mjs',
  'package.json',
  'tsconfig.json',
  'public',
  'src',
  'content',
]
/** What a build keeps for the next one of this machine, and what is no part of a build of pages. */
const ourCaches = ['barbell-precompress', 'barbell-python', 'barbell-cards']

/** Our site with its own pages and so many more. @param ending of the files: `md` or `mdx` */
export function makeOurSite(pages: number, ending: string): LargeSite {
  const folder = makeFolder()
  for (const part of ourParts) cpSync(join(root, part), join(folder, part), { recursive: true })
  for (const cache of ourCaches) {
    const kept = join('node_modules', '.astro', cache)
    if (existsSync(join(root, kept))) {
      cpSync(join(root, kept), join(folder, kept), { recursive: true })
    }
  }
  writePages(join(folder, 'content'), { pages, ending, flavour: 'code-switch' })
  return disposable(folder)
}

/** Starlight as it comes, with the same pages. */
export function makePlainSite(pages: number, ending: string): LargeSite {
  const folder = makeFolder()
  cpSync(pathOf('plain-starlight'), folder, { recursive: true })
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  writePages(join(folder, 'src', 'content', 'docs'), { pages, ending, flavour: 'plain' })
  return disposable(folder)
}

/** Below the project, so that its packages are found, and not where Vite watches nothing, such as in test-results. */
function makeFolder(): string {
  const parent = join(root, 'dist')
  mkdirSync(parent, { recursive: true })
  return mkdtempSync(join(parent, 'large-site-'))
}

function writePages(
  folder: string,
  { pages, ending, flavour }: { pages: number; ending: string; flavour: Flavour },
): void {
  for (let number = 1; number <= pages; number += 1) {
    const file = join(folder, `${largePagePath(number)}.${ending}`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, largePage(number, flavour))
  }
}

function disposable(folder: string): LargeSite {
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}
