import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LoaderContext } from 'astro/loaders'
import { afterAll, expect, test, vi } from 'vitest'
import { withReference } from '#build/reference/reference-loader.ts'
import { referencePages } from '#build/reference/reference-pages.ts'

const root = mkdtempSync(join(tmpdir(), 'reference-'))
const recorded = join(root, 'content', 'snippets', 'ping.json')
mkdirSync(join(root, 'content', 'snippets'), { recursive: true })
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** As Starlight frames the headings of a page. */
function headingOf(id: string): string {
  return `<div class="sl-heading-wrapper level-h2"><h2 id="${id}">${id}</h2></div>`
}

test('a page of the reference is rendered once, until what it is made of changes', async () => {
  const entries = new Map<string, { id: string }>()
  const html = ['example', 'what-it-answers'].map(headingOf).join('')
  const renderMarkdown = vi.fn(() => Promise.resolve({ html }))
  const context = {
    config: { root: pathToFileURL(`${root}/`) },
    store: {
      entries: () => [...entries],
      set: (entry: { id: string }) => entries.set(entry.id, entry),
    },
    generateDigest: (value: unknown) =>
      createHash('sha256').update(JSON.stringify(value)).digest('hex'),
    parseData: ({ data }: { data: unknown }) => Promise.resolve(data),
    renderMarkdown,
  } as unknown as LoaderContext
  // As Astro's loader of files does with what no file holds.
  const files = {
    name: 'files',
    load() {
      entries.clear()
      return Promise.resolve()
    },
  }
  const load = async () => {
    renderMarkdown.mockClear()
    await withReference(files).load(context)
    expect(entries.size).toBe(referencePages().length)
    return renderMarkdown.mock.calls.length
  }

  expect(await load()).toBe(referencePages().length)
  const first = new Map(entries)
  expect(await load()).toBe(0)
  expect(entries).toEqual(first)
  writeFileSync(recorded, '{}')
  expect(await load()).toBe(referencePages().length)
})
