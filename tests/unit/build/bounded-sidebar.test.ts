import { describe, expect, test } from 'vitest'
import { boundedSidebar, maxWholeLinks } from '../../../src/build/bounded-sidebar.ts'

type Sidebar = Parameters<typeof boundedSidebar>[0]
type Entry = Sidebar[number]
type Link = Extract<Entry, { type: 'link' }>

const link = (label: string, current = ''): Entry => ({
  type: 'link',
  label,
  href: `/docs/${label}`,
  isCurrent: label === current,
  badge: undefined,
  attrs: { translate: 'no' },
})
const group = (label: string, entries: Sidebar): Entry => ({
  type: 'group',
  label,
  entries,
  collapsed: false,
  badge: undefined,
})
const links = (count: number, name: string, current = ''): Sidebar =>
  Array.from({ length: count }, (_, index) => link(`${name}${index + 1}`, current))

/** One line per entry: closed groups with `+`, open ones with `-`, what a link says of the rest in brackets. */
function outline(sidebar: Sidebar, indent = ''): string[] {
  return sidebar.flatMap((entry) => {
    if (entry.type === 'group') {
      const sign = entry.collapsed ? '+' : '-'
      return [`${indent}${sign} ${entry.label}`, ...outline(entry.entries, `${indent}  `)]
    }
    const more: unknown = entry.attrs['data-more']
    return [
      `${indent}${entry.label}${entry.isCurrent ? ' *' : ''}${typeof more === 'string' ? ` [${more}]` : ''}`,
    ]
  })
}

const written = (sidebar: Sidebar): number => outline(sidebar).length

/** Folders of 50 pages in one folder, beside a small one. */
const folders = (count: number, current: string): Sidebar => [
  group('Guide', [
    link('first', current),
    ...Array.from({ length: count }, (_, folder) =>
      group(`part${folder + 1}`, links(50, `p${folder + 1}-`, current)),
    ),
  ]),
  group('Reference', [group('Calls', links(2, 'call', current)), link('codes', current)]),
]

describe('a sidebar of at most 300 links', () => {
  test('is left as it is', () => {
    const sidebar = [group('Guide', links(maxWholeLinks, 'p', 'p7'))]
    expect(boundedSidebar(sidebar)).toBe(sidebar)
  })
})

describe('a larger one', () => {
  test('has the lists around the page, and of each other group its first link', () => {
    const lines = outline(boundedSidebar(folders(8, 'p2-3')))
    expect(lines.slice(0, 8)).toEqual([
      '- Guide',
      '  first',
      '  + part1',
      '    p1-1 [1]',
      '  - part2',
      '    p2-1',
      '    p2-2',
      '    p2-3 *',
    ])
    expect(lines.slice(-4)).toEqual(['    p8-1 [1]', '+ Reference', '  + Calls', '    call1 [2]'])
    expect(lines).toHaveLength(2 + 8 + 7 + 50 + 3)
  })

  test('of a page that it does not list has all groups closed', () => {
    expect(outline(boundedSidebar(folders(8, 'elsewhere')))).toEqual([
      '+ Guide',
      '  first [1]',
      '+ Reference',
      '  + Calls',
      '    call1 [2]',
    ])
  })

  test('keeps what else was said of a link', () => {
    const [guide] = boundedSidebar(folders(8, 'codes'))
    expect(guide?.type === 'group' && guide.entries).toMatchObject([
      { label: 'first', attrs: { translate: 'no', 'data-more': '1' } },
    ])
  })

  test('takes a list of many entries apart, alike for all pages of a part', () => {
    const flat = (current: string): Sidebar => [group('Guide', links(301, 'p', current))]
    const lines = outline(boundedSidebar(flat('p30')))
    expect(lines.slice(0, 6)).toEqual([
      '- Guide',
      '  + p1 … p24',
      '    p1 [1]',
      '  - p25 … p48',
      '    p25',
      '    p26',
    ])
    expect(lines.slice(-2)).toEqual(['  + p289 … p301', '    p289 [1]'])
    const withoutMark = (current: string): string[] =>
      outline(boundedSidebar(flat(current))).map((line) => line.replace(' *', ''))
    expect(withoutMark('p48')).toEqual(withoutMark('p25'))
    expect(withoutMark('p49')).not.toEqual(withoutMark('p25'))
  })

  test('is as large for 50,000 pages as for 5,000, in folders or in none', () => {
    const flat = (count: number): Sidebar => links(count, 'p', 'p4000')
    expect(written(boundedSidebar(flat(5_000)))).toBeLessThan(200)
    expect(written(boundedSidebar(flat(50_000)))).toBeLessThan(300)
    expect(written(boundedSidebar(folders(100, 'p70-3')))).toBeLessThan(200)
    expect(written(boundedSidebar(folders(1_000, 'p70-3')))).toBeLessThan(300)
  })

  test('shows each page in the part that is open for it', () => {
    const all = links(700, 'p').map(({ label }) => label)
    const seen = all.map((label) => {
      const lines = outline(boundedSidebar(links(700, 'p', label)))
      return lines.filter((line) => line.endsWith(' *')).map((line) => line.trim())
    })
    expect(seen).toEqual(all.map((label) => [`${label} *`]))
  })

  test('closes a group that begins with a way out of the site, and leaves it whole', () => {
    const out: Entry = { ...(link('out') as Link), href: 'https://elsewhere.example' }
    const sidebar = [group('Links', [out, link('in')]), group('Guide', links(300, 'p', 'p1'))]
    const lines = outline(boundedSidebar(sidebar))
    expect(lines.slice(0, 4)).toEqual(['+ Links', '  out', '  in', '- Guide'])
  })
})
