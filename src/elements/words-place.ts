/** Where an example stands beside the words (src/styles/beside.css). */
const besideWords = '(min-width: 80rem)'
/** The lower edge of the strip, below the bars, in which Starlight looks for the section that is read. */
const stripPx = 85

/** Starlight's table of contents, in either form. It sets `current` as the page is scrolled. */
interface Contents extends HTMLElement {
  current: HTMLAnchorElement
}

/**
 * An example beside the words is in sight with every section, and so would be the current one at any time. Where it
 * stands there, the table of contents follows the words.
 */
export function followWords(document: Document): void {
  const example = document.querySelector('.beside')
  if (!example) return
  const isBeside = matchMedia(besideWords)
  for (const contents of document.querySelectorAll<Contents>(
    'starlight-toc, mobile-starlight-toc',
  )) {
    Object.defineProperty(contents, 'current', {
      set(link: HTMLAnchorElement) {
        const isWords = !isBeside.matches || !example.contains(headingOf(link))
        const shown = isWords ? link : (linkOfWords(contents, example) ?? link)
        Reflect.set(Object.getPrototypeOf(contents) as object, 'current', shown, contents)
      },
    })
  }
}

/** Leads to the last section of the words that has begun. */
function linkOfWords(contents: HTMLElement, example: Element): HTMLAnchorElement | undefined {
  const below =
    document.querySelector('mobile-starlight-toc nav') ?? document.querySelector('header')
  const edge = (below?.getBoundingClientRect().bottom ?? 0) + stripPx
  return [...contents.querySelectorAll('a')].findLast((link) => {
    const heading = headingOf(link)
    return heading && !example.contains(heading) && heading.getBoundingClientRect().top <= edge
  })
}

function headingOf({ hash }: HTMLAnchorElement): HTMLElement | null {
  return document.getElementById(decodeURIComponent(hash.slice(1)))
}
