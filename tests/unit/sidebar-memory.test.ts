import { beforeEach, expect, test } from 'vitest'
import { sidebarHtml } from '#components/starlight/sidebar-memory.ts'

type Sidebar = Parameters<typeof sidebarHtml>[0]

const link = (label: string, isCurrent = false): Sidebar[number] => ({
  type: 'link',
  label,
  href: `/${label}`,
  isCurrent,
  badge: undefined,
  attrs: {},
})
const group = (label: string, entries: Sidebar, collapsed = false): Sidebar[number] => ({
  type: 'group',
  label,
  entries,
  collapsed,
  badge: undefined,
})

let renderings = 0
beforeEach(() => (renderings = 0))

/** As Starlight does. */
function write(sidebar: Sidebar): string {
  const isOpen = (entries: Sidebar): boolean =>
    entries.some((each) => (each.type === 'group' ? isOpen(each.entries) : each.isCurrent))
  const items = sidebar.map((each) =>
    each.type === 'group'
      ? `<details${isOpen(each.entries) || !each.collapsed ? ' open' : ''}>${write(each.entries)}</details>`
      : `<a href="${each.href}"${each.isCurrent ? ' aria-current="page"' : ''}>${each.label}</a>`,
  )
  return `<ul>${items.join('')}</ul>`
}

function render(sidebar: Sidebar): Promise<string> {
  renderings += 1
  return Promise.resolve(write(sidebar))
}

const pages = (current: string, fold = false): Sidebar => [
  link('first', current === 'first'),
  group('Guides', [
    link('inner', current === 'inner'),
    group('Deep', [link('deep', current === 'deep')], fold),
  ]),
  link('last', current === 'last'),
]

test('is what a rendering of its own would be, with one rendering for all pages', async () => {
  for (const page of ['first', 'inner', 'last', 'none', 'first']) {
    expect(await sidebarHtml(pages(page), render)).toBe(write(pages(page)))
  }
  expect(renderings).toBe(1)
})

test('another sidebar is rendered anew', async () => {
  const other = [...pages('first'), link('more')]
  expect(await sidebarHtml(pages('first'), render)).toBe(write(pages('first')))
  expect(await sidebarHtml(other, render)).toBe(write(other))
})

test('a folded group without the page is rendered with the rest', async () => {
  for (const page of ['first', 'inner', 'last']) {
    expect(await sidebarHtml(pages(page, true), render)).toBe(write(pages(page, true)))
  }
  expect(renderings).toBe(1)
})

test.each([
  ['a folded group with the page', [...pages('deep', true)]],
  ['a link that seems to hold a mark', [link('a aria-current="page"'), link('b', true)]],
])('%s is rendered for each page', async (_, sidebar) => {
  expect(await sidebarHtml(sidebar, render)).toBe(write(sidebar))
})
