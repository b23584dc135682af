import { expect, test } from 'vitest'
import { orderPlaces } from '#search/order-places.ts'
import type { Place } from '#search/site-index.ts'

function place(title: string, page: string, score: number): Place {
  return { url: `/${page}#${title}`, title, page, excerpt: '', score }
}

const titles = (places: readonly Place[]): string[] => places.map(({ title }) => title)

test('a heading that is what was typed comes before a better page, whatever its case', () => {
  const pages = [
    [place('The flow', 'Tokens', 90)],
    [place('Errors', 'Errors', 50), place('invalid_token', 'Errors', 1)],
  ]
  expect(titles(orderPlaces(pages, ' Invalid_Token'))).toEqual([
    'invalid_token',
    'The flow',
    'Errors',
  ])
})

test('the order of the pages stays, and within one the best sections come first', () => {
  const pages = [[place('a', 'One', 1), place('b', 'One', 3)], [place('c', 'Two', 9)]]
  expect(titles(orderPlaces(pages, 'key'))).toEqual(['b', 'a', 'c'])
})

test('no page fills the list: three sections of each are shown, and sixteen in all', () => {
  const pages = Array.from({ length: 9 }, (_, page) =>
    Array.from({ length: 5 }, (_, at) => place(`${at}`, `${page}`, at)),
  )
  const shown = orderPlaces(pages, 'key')
  expect(shown).toHaveLength(16)
  expect(shown.filter(({ page }) => page === '0')).toHaveLength(3)
})
