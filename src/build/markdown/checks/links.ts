import { posix } from 'node:path'
import { originPlaceholder } from '../../../origin-placeholder.ts'
import { idsOf } from '../anchors.ts'
import { attributeOf, jsxElementsOf } from '../jsx.ts'
import type { MarkdownMistake, Place } from '../markdown-mistake.ts'
import { didYouMean, nearestWord } from '../nearest-word.ts'
import { type Page, mistakeIn, nodesIn, placeInside, startOf } from '../page.ts'
import { pathOfPage } from '../page-files.ts'
import type { Site } from '../site.ts'

/** What stands before a colon in an address that leads away. Whether such a link works is not known here. */
const schemes = ['https', 'http', 'mailto']

/** Proves that each link of a page leads somewhere: to a page that there is, and to an anchor that it has. */
export function checkLinks(page: Page, site: Site): MarkdownMistake[] {
  const wrong = [...linksOf(page)].flatMap((link) => {
    const found = wrongWith(link.target, page, site)
    return found ? [mistakeIn(page, link.place, found.problem, found.mend)] : []
  })
  return [...wrong, ...undefinedLinks(page)]
}

/** `[text][name]` is a link where a line `[name]: /path` says where to. Else Markdown prints the brackets. */
function undefinedLinks(page: Page): MarkdownMistake[] {
  return [...nodesIn(page.tree)].flatMap((node) => {
    const [text, words, name] =
      (node.type === 'text' && /(?<!\w)\[([^[\]]+)\]\[([^[\]]*)\]/.exec(node.value)) || []
    if (text === undefined) return []
    const problem = `Nothing says where ${text} leads, so it would be printed as it is.`
    const mend = `Write [${words}](/docs/...), or "[${name || words}]: /docs/..." in a line of its own.`
    return [mistakeIn(page, placeInside(page, node, text), problem, mend)]
  })
}

interface Link {
  readonly target: string
  readonly place: Place
}

interface Wrong {
  readonly problem: string
  readonly mend: string
}

function* linksOf(page: Page): Generator<Link> {
  for (const node of nodesIn(page.tree)) {
    if (node.type === 'link' || node.type === 'definition') {
      yield { target: node.url, place: targetPlace(page, node, node.url) }
    }
  }
  for (const element of jsxElementsOf(page)) {
    const target = attributeOf(element, 'href')
    if (target !== undefined && target !== null) {
      yield { target, place: placeInside(page, element, `href="${target}"`) }
    }
  }
}

function targetPlace(page: Page, node: Parameters<typeof placeInside>[1], url: string): Place {
  for (const opening of ['](', ']: ', ']:', '](<']) {
    const place = placeInside(page, node, opening + url)
    const { line, column } = startOf(node)
    if (place.line !== line || place.column !== column) {
      return { line: place.line, column: place.column + opening.length }
    }
  }
  return startOf(node)
}

function wrongWith(target: string, page: Page, site: Site): Wrong | undefined {
  if (target === '') {
    return { problem: 'This link leads nowhere.', mend: 'Write where to, such as (/docs/auth).' }
  }
  if (target.startsWith(originPlaceholder)) {
    const path = target.slice(originPlaceholder.length) || '/'
    return {
      problem: 'This link names the address of this site.',
      mend: `Write the path alone: ${path}`,
    }
  }
  const [, scheme] = /^([a-z][a-z\d+.-]*):/i.exec(target) ?? []
  if (scheme !== undefined) return wrongScheme(scheme)
  if (target.startsWith('//')) return undefined
  const [, written = '', fragment = ''] = /^([^?#]*)(?:\?[^#]*)?(?:#(.*))?$/.exec(target) ?? []
  const own = pathOfPage(page.path)
  if (written !== '' && !written.startsWith('/')) return relative(target, page, site)
  if (written === '') return wrongAnchor(own, fragment, page, site)
  return wrongPath(written, site) ?? wrongAnchor(written, fragment, page, site)
}

function wrongScheme(scheme: string): Wrong | undefined {
  if (schemes.includes(scheme.toLowerCase())) return undefined
  return { problem: `No link begins with "${scheme}:".`, mend: didYouMean(scheme, schemes) }
}

function relative(target: string, page: Page, site: Site): Wrong {
  const problem = `"${target}" is relative to this page, and links here begin with a slash.`
  const [path = '', end = ''] = target.split(/(?=[?#])/, 2)
  const guess = posix
    .join('/', posix.dirname(page.path.replace(/^content/, '')), path)
    .replace(/\.mdx?$/, '')
  return {
    problem,
    mend: site.answers(guess) ? `Write ${guess}${end}` : 'Write it like /docs/auth.',
  }
}

function wrongPath(path: string, site: Site): Wrong | undefined {
  const bare = path.replace(/(?:\.mdx?|\/)$/, '')
  if (path !== '/' && path.endsWith('/') && site.answers(bare)) {
    return { problem: 'This link ends with a slash.', mend: `Write ${bare}` }
  }
  if (site.answers(path)) return undefined
  if (path.endsWith('.mdx') && site.answers(bare)) {
    return { problem: 'This link names a file.', mend: `Write the path of its page: ${bare}` }
  }
  const paths = site.paths()
  const nearest =
    nearestWord(path, paths) ??
    paths.find((each) => each.endsWith(`/${bare.split('/').at(-1) ?? ''}`))
  const mend = nearest
    ? `Did you mean ${nearest}?`
    : 'Mend the path, or make the page: npm run new -- "Its title"'
  return { problem: `There is no page ${path}.`, mend }
}

/** What is no file of `content/` keeps its anchors to itself. */
function wrongAnchor(path: string, fragment: string, page: Page, site: Site): Wrong | undefined {
  const isOwn = path === pathOfPage(page.path)
  if (fragment.startsWith(':~:') || (fragment === '' && !isOwn)) return undefined
  const ids = isOwn ? idsOf(page) : site.anchorsAt(path)
  if (ids === undefined || ids.includes(fragment)) return undefined
  const where = isOwn ? 'This page' : path
  return {
    problem: `${where} has no anchor "#${fragment}".`,
    mend: didYouMean(
      `#${fragment}`,
      ids.map((id) => `#${id}`),
    ),
  }
}
