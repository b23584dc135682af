import type { Page } from 'playwright/test'

/** Every page of the site: those of the sitemap, and those that it leaves out. */
export async function allPages(page: Page): Promise<string[]> {
  const sitemap = await (await page.request.get('/sitemap-0.xml')).text()
  const listed = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, url = '']) => url)
  const paths = listed.map((url) => new URL(url).pathname)
  return [...new Set([...paths, '/playground', '/login', '/register', '/dashboard/settings'])]
}

/** What makes a page wider than the window, one line each. */
export async function sideways(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const { scrollWidth } = document.documentElement
    if (scrollWidth <= innerWidth) return []
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > innerWidth + 0.5,
    )
    const names = wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 90))
    return [`${scrollWidth} px wide in ${innerWidth}`, ...names]
  })
}

/**
 * What a reader of the page cannot see, one line each: text in the colour of its ground, an icon that is gone, a field
 * without an edge, a control that hides that it has the focus, a current or pressed one that looks like the others.
 * For pages in forced colours; a mark that is a colour alone counts as none.
 */
export async function unseen(page: Page): Promise<string[]> {
  await page.keyboard.press('Tab') // from here on, what has the focus shows it
  return await page.evaluate(() => {
    const fields = 'input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea'
    const chosen = '[aria-current], [aria-selected=true], [aria-pressed=true]'
    const focusable = `a[href], button, summary, ${fields}, [tabindex='0']`
    const sides = ['top', 'right', 'bottom', 'left']
    const seen = [...document.querySelectorAll('body *')].filter(
      (element): element is HTMLElement =>
        element instanceof HTMLElement &&
        element.checkVisibility({ visibilityProperty: true }) &&
        element.getBoundingClientRect().width > 1,
    )
    const found = new Set<string>()
    for (const element of seen) {
      if (isText(element) && getComputedStyle(element).color === groundOf(element))
        tell(element, 'has the colour of its ground')
      if (element.matches('button, a') && !hasContent(element)) tell(element, 'shows nothing')
      if (element.matches(fields) && !hasEdge(element) && !hasEdge(element.closest('form')))
        tell(element, 'has no edge')
      if (element.matches(chosen) && !isMarked(element)) tell(element, 'looks like the others')
    }
    for (const element of seen) {
      if (!element.matches(focusable)) continue
      const before = lookOf(element)
      element.focus({ preventScroll: true })
      if (document.activeElement !== element) continue
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      const hasRing = outlineStyle !== 'none' && outlineWidth !== '0px'
      if (!hasRing && lookOf(element) === before) tell(element, 'hides the focus')
    }
    return [...found]

    function tell(element: Element, what: string): void {
      const [tag] = element.outerHTML.split('>')
      const text = (element.textContent || '').trim().slice(0, 30)
      found.add(`${String(tag).slice(0, 90)}> "${text}" ${what}`)
    }

    function isText({ childNodes }: Element): boolean {
      return [...childNodes].some(
        ({ nodeType, textContent }) => nodeType === Node.TEXT_NODE && Boolean(textContent?.trim()),
      )
    }

    function groundOf(element: Element | null): string {
      for (let at = element; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at)
        if (!isClear(backgroundColor)) return backgroundColor
      }
      return 'rgb(255, 255, 255)'
    }

    function isClear(color: string): boolean {
      return /^rgba\(.*, 0\)$|^transparent$/.test(color)
    }

    /** Text, a picture, or a mark that is drawn and has another colour than its ground. */
    function hasContent(element: HTMLElement): boolean {
      if (element.textContent.trim() || element.querySelector('svg, img')) return true
      const parts = [element, ...element.querySelectorAll('*')]
      return parts.some((part) =>
        ['::before', '::after'].some((pseudo) => {
          const style = getComputedStyle(part, pseudo)
          if (style.content === 'none') return false
          const ground = groundOf(part)
          const isFilled = !isClear(style.backgroundColor) && style.backgroundColor !== ground
          return isFilled || edgeOf(style, ground).some(Boolean)
        }),
      )
    }

    function edgeOf(style: CSSStyleDeclaration, ground: string): string[] {
      return sides.map((side) => {
        const width = style.getPropertyValue(`border-${side}-width`)
        const isThere = style.getPropertyValue(`border-${side}-style`) !== 'none' && width !== '0px'
        return isThere && style.getPropertyValue(`border-${side}-color`) !== ground ? width : ''
      })
    }

    function hasEdge(element: Element | null): boolean {
      if (!element) return false
      return edgeOf(getComputedStyle(element), groundOf(element.parentElement)).some(Boolean)
    }

    /** All that tells it from others but the colour of its letters. */
    function lookOf(element: Element): string {
      const outer = groundOf(element.parentElement)
      const parts = ['', '::before', '::after'].map((pseudo) => {
        const style = getComputedStyle(element, pseudo || null)
        if (pseudo && style.content === 'none') return ''
        const { outlineStyle, textDecorationLine, fontWeight, backgroundColor, content } = style
        const ground = backgroundColor === outer ? '' : backgroundColor
        const look = [outlineStyle, textDecorationLine, fontWeight, ground, content]
        return [...look, ...edgeOf(style, outer)].join()
      })
      return parts.join(' / ')
    }

    function isMarked(element: HTMLElement): boolean {
      const group = element.closest('nav, ul, [role=tablist], [role=listbox], div')
      const others = [...(group?.querySelectorAll(element.tagName) ?? [])].filter(
        (other) => !other.matches(chosen) && other.className === element.className,
      )
      const isNear = (other: Element): boolean =>
        depthOf(other, group) === depthOf(element, group) && other !== element
      return others.filter(isNear).every((other) => lookOf(other) !== lookOf(element))
    }

    function depthOf(element: Element, group: Element | null): number {
      let depth = 0
      for (let at: Element | null = element; at && at !== group; at = at.parentElement) depth += 1
      return depth
    }
  })
}

/**
 * What a finger misses, one line each: less than 24 by 24 pixels for a target of its own (WCAG 2.5.8), less than 44 for
 * a control. A link in a sentence is as high as its line.
 */
export async function smallTargets(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const targets = 'a[href], button, input:not([type=hidden]), select, textarea, summary'
    // What is folded or looked up while reading: many, and close to each other.
    const reading = 'main a:not(.bb-button), .json-tree summary, mobile-starlight-toc summary'
    const seen = [...document.querySelectorAll(targets)].filter(
      (element) =>
        // The link for the keyboard shows itself when that comes to it.
        element.checkVisibility({ visibilityProperty: true }) && !element.matches('.sl-skip-link'),
    )
    return seen.flatMap((element) => {
      const { width, height } = areaOf(element)
      const least = element.matches(reading) ? 24 : 44
      if (width <= 1 || isInSentence(element)) return []
      if (width >= least && height >= least) return []
      const size = `${Math.round(width)} x ${Math.round(height)}`
      return [`${size} px of ${least}: ${element.outerHTML.slice(0, 90)}`]
    })

    function areaOf(element: Element): DOMRect {
      const label = element.closest('label') ?? document.querySelector(`label[for='${element.id}']`)
      const isTick = element.matches('[type=checkbox], [type=radio]')
      return (isTick && label ? label : element).getBoundingClientRect()
    }

    function isInSentence(element: Element): boolean {
      const { display } = getComputedStyle(element)
      return display === 'inline' && element.matches(':is(p, li, dd, dt, td) a')
    }
  })
}
