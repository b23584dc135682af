import { describe, expect, test } from 'vitest'
import { plainMarkdown } from '#build/markdown/plain-markdown.ts'
import { operations } from '#build/reference/operations.ts'
import { referencePages } from '#build/reference/reference-pages.ts'
import { refusalsOf } from '#build/reference/refusals.ts'

const pages = new Map(referencePages().map((page) => [page.id, page]))

function bodyOf(id: string): string {
  const page = pages.get(id)
  if (page === undefined) throw new Error(`there is no page ${id}`)
  return page.body
}

test('there is one page for each operation, and the list of them', () => {
  expect([...pages.keys()]).toEqual([
    'docs/reference',
    ...operations.map(({ slug }) => `docs/reference/${slug}`),
  ])
})

test('the list leads to every page', () => {
  const markdown = plainMarkdown(bodyOf('docs/reference'))
  for (const { slug, inPlayground, summary } of operations) {
    expect(markdown).toContain(`| [\`${inPlayground.id}\`](/docs/reference/${slug}) | ${summary} |`)
  }
})

test('every page has its place in the sidebar, behind the guide and in the order of the document', () => {
  const orders = [...pages.values()].map(({ order }) => order)
  expect(orders).toEqual(orders.toSorted((one, other) => one - other))
  expect(new Set(orders).size).toBe(orders.length)
})

describe('as Markdown, the page of each operation says all of it', () => {
  test.each(operations.map((operation) => [operation.name, operation] as const))('%s', (_, of) => {
    const markdown = plainMarkdown(bodyOf(`docs/reference/${of.slug}`))
    expect(markdown).toContain(`\`${of.method} ${of.path}\``)
    for (const { members } of [...of.parameters, ...of.answers]) {
      for (const { name, description } of members) {
        expect(markdown).toContain(`- \`${name}\` (`)
        expect(markdown).toContain(description)
      }
    }
    for (const { word, status } of refusalsOf(of))
      expect(markdown).toContain(`| ${status} | [\`${word}\``)
    expect(markdown).toMatch(new RegExp(`\`\`\`http\n${of.method} /`))
    expect(markdown).toContain(`\`\`\`http\n${of.answers[0]?.status ?? ''} `)
    expect(markdown).not.toContain(':::')
  })
})
