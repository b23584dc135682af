import type { Hit } from '#search/search.ts'
import { parsedApart } from '../trusted-types.ts'

/** One hit as an item of a list: a link, what it says and where it leads. */
export function hitItem(hit: Hit): HTMLLIElement {
  const item = document.createElement('li')
  const link = document.createElement('a')
  link.href = hit.url
  link.className = 'search-hit'
  link.dataset['kind'] = hit.kind
  if (hit.kind === 'call') {
    link.append(part('title', hit.id), part('trail', 'Playground'), part('words', hit.summary))
    link.querySelector('.search-hit-title')?.setAttribute('translate', 'no')
  } else {
    const trail = hit.title === hit.page ? 'Page' : hit.page
    link.append(part('title', hit.title), part('trail', trail), excerpt(hit.excerpt))
  }
  item.append(link)
  return item
}

function part(name: string, text: string): HTMLSpanElement {
  const span = document.createElement('span')
  span.className = `search-hit-${name}`
  span.textContent = text
  return span
}

/** The words around what was found. They are parsed apart from the page, and only text and marks are taken over. */
function excerpt(html: string): HTMLSpanElement {
  const words = part('words', '')
  const { body } = new DOMParser().parseFromString(parsedApart(html), 'text/html')
  for (const node of body.childNodes) {
    const text = node.textContent ?? ''
    if (node.nodeName !== 'MARK') words.append(text)
    else {
      const mark = document.createElement('mark')
      mark.textContent = text
      words.append(mark)
    }
  }
  return words
}
