import { expect, test } from 'vitest'
import { readCodeSwitches } from '#build/markdown/read-code-switches.ts'
import { largePage, largePagePath } from '../../bench/large-page.ts'

const fences = (page: string): string[] =>
  [...page.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)\n```$/gm)].map(
    ([, lang, code]) => `${lang}: ${code}`,
  )

test('a page of the large site has two well-formed code-switches in two languages', () => {
  const groups = readCodeSwitches(largePage(7, 'code-switch'), 'page.mdx')
  expect(groups.map(({ fences }) => fences.map(({ language }) => language))).toEqual([
    ['python', 'javascript'],
    ['python', 'javascript'],
  ])
})

test('its plain twin holds the same code and no block that only we know', () => {
  const plain = largePage(7, 'plain')
  expect(fences(plain)).toHaveLength(4)
  expect(fences(plain)).toEqual(fences(largePage(7, 'code-switch')))
  expect(plain).not.toContain('code-switch')
})

test('no two pages are the same, and 50 share a folder', () => {
  expect(largePage(7, 'plain')).not.toBe(largePage(8, 'plain'))
  expect(largePagePath(50)).toBe('docs/large/part-0001/page-0050')
  expect(largePagePath(51)).toBe('docs/large/part-0002/page-0051')
})
