/** What every site that shows cards asks for, in pixels. */
export const cardSize = { width: 1200, height: 630 } as const

/**
 * Where the picture of a page is that other sites show beside a link to it.
 * @param pathname of the page, with or without a slash at its end, such as `/docs/auth`
 */
export function cardPath(pathname: string): string {
  const path = pathname.replace(/\/(?:index\.html)?$/, '')
  return `/cards${path === '' ? '/index' : path}.png`
}
