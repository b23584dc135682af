import { globSync } from 'node:fs'
import { contentFolder } from '../samples/recorded-output.ts'

/** Snippets with their records are no pages, nor is what begins with `_`, such as the template of a page. */
export function isPagePath(path: string): boolean {
  return !/(^|\/)(snippets\/|_)/.test(path)
}

/** Whether a path below the project is that of a page. */
export function isPageFile(file: string): boolean {
  return new RegExp(`^${contentFolder}/.+\\.mdx?$`).test(file) && isPagePath(file)
}

/** The files of all pages, sorted, as paths below the project. */
export function pageFiles(root: string): string[] {
  return globSync(`${contentFolder}/**/*.{md,mdx}`, { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .filter(isPageFile)
    .sort()
}

/** The path of a page in the site: `content/docs/operate/index.mdx` is `/docs/operate`. */
export function pathOfPage(file: string): string {
  const id = file
    .slice(contentFolder.length)
    .replace(/\.mdx?$/, '')
    .replace(/\/index$/, '')
  return id === '' ? '/' : id
}
