import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Import, moduleNamesOf } from '../imports.ts'
import { type JsxElement, attributeOf, jsxElementsOf } from '../jsx.ts'
import type { MarkdownMistake, Place } from '../markdown-mistake.ts'
import { type Page, mistakeIn, nodesIn, placeInside, startOf } from '../page.ts'
import type { Site } from '../site.ts'

const pictureTags: readonly string[] = ['img', 'Image', 'Picture']
const drawn = /\.svg$/

/** Proves that each picture is there, and that somebody who does not see it is told what it shows. */
export function checkImages(page: Page, site: Site): MarkdownMistake[] {
  const { imports } = moduleNamesOf(page)
  const inMarkdown = [...nodesIn(page.tree)].flatMap((node) => {
    if (node.type !== 'image') return []
    const place = startOf(node)
    const alt = node.alt?.trim()
      ? []
      : [
          mistakeIn(
            page,
            place,
            noAlt,
            `Write it between the brackets: ![A team lifts its robot](${node.url})`,
          ),
        ]
    return [...alt, ...missingFile(node.url, placeInside(page, node, node.url), page, site)]
  })
  return [
    ...inMarkdown,
    ...jsxElementsOf(page).flatMap((tag) => checkTag(tag, imports, page, site)),
  ]
}

const noAlt = 'This picture has no alternative text.'

function checkTag(
  tag: JsxElement & { readonly name: string },
  imports: readonly Import[],
  page: Page,
  site: Site,
): MarkdownMistake[] {
  if (imports.some(({ name, module }) => name === tag.name && drawn.test(module)))
    return checkDrawing(tag, page)
  if (!pictureTags.includes(tag.name)) return []
  const src = attributeOf(tag, 'src')
  const alt =
    attributeOf(tag, 'alt') === undefined
      ? [mistakeIn(page, startOf(tag), noAlt, 'Write alt="...", or alt="" if it only decorates.')]
      : []
  return [...alt, ...(src ? missingFile(src, placeInside(page, tag, src), page, site) : [])]
}

/** An SVG file that is imported becomes part of the page, so it needs a role to be a picture to a screen reader. */
function checkDrawing(tag: JsxElement, page: Page): MarkdownMistake[] {
  if (attributeOf(tag, 'aria-hidden') !== undefined) return []
  const isNamed =
    attributeOf(tag, 'role') !== undefined && attributeOf(tag, 'aria-label') !== undefined
  const mend =
    'Write role="img" aria-label="..." in the tag, or aria-hidden="true" if it only decorates.'
  return isNamed
    ? []
    : [mistakeIn(page, startOf(tag), 'This drawing has no alternative text.', mend)]
}

function missingFile(url: string, place: Place, page: Page, site: Site): MarkdownMistake[] {
  if (url.startsWith('data:')) return []
  if (/^(?:[a-z]+:)?\/\//i.test(url)) {
    const mend = 'Put the file beside this page and name it: ./picture.png'
    return [
      mistakeIn(page, place, 'The pages of this site load no picture from another site.', mend),
    ]
  }
  const path = decodeURI(url.replace(/[?#].*$/, ''))
  const file = path.startsWith('/') ? join('public', path) : join(dirname(page.path), path)
  if (existsSync(join(site.root, file))) return []
  return [
    mistakeIn(page, place, `There is no picture ${file}.`, 'Put it there, or name another one.'),
  ]
}
