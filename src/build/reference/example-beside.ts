/** Where the example of an operation begins and ends in its page: at these headings, as Starlight frames them. */
const begin = headingOf('example')
const end = headingOf('what-it-answers')

/** Stands in the head of such a page, where the style sheet finds the layout before anything of the page is seen. */
export const besideLayout = {
  tag: 'meta',
  attrs: { name: 'layout', content: 'example-beside' },
} as const

/**
 * Puts one element around the example in the page of an operation, its heading included, so that it can stand beside
 * the words. What is read first stays first.
 * @param html the rendered page
 * @throws {TypeError} where the page has no example before its answers
 */
export function withExampleBeside(html: string): string {
  const from = html.search(begin)
  const to = html.search(end)
  if (from === -1 || to <= from) throw new TypeError('The page has no example before its answers.')
  const example = html.slice(from, to)
  return `${html.slice(0, from)}<div class="beside">${example}</div>\n${html.slice(to)}`
}

function headingOf(id: string): RegExp {
  return new RegExp(`<div class="sl-heading-wrapper[^"]*">\\s*<h2 id="${id}"`)
}
