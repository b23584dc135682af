import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readCodeSwitches } from '../../../../src/build/markdown/read-code-switches.ts'
import { pageAsMarkdown } from '../../../../src/build/markdown/page-as-markdown.ts'

const content = fileURLToPath(new URL('../../../../content/', import.meta.url))
const pages = globSync('docs/**/*.{md,mdx}', { cwd: content })

/** What stands outside of fences: inside, anything may be an example. */
const prose = (markdown: string): string =>
  markdown.replaceAll(/^(?:> )?(`{3,}).*\n[\s\S]*?\n(?:> )?\1$/gm, '')

const fences = (text: string): number => text.match(/^(?:> )?`{3}(?!`)\S/gm)?.length ?? 0

/** Lines without what a list or a quotation puts before them. */
const bare = (text: string): string => text.replaceAll(/^(?:> | +)+/gm, '')

test('a page begins with its title and what it is about', () => {
  const page = { title: 'Keys', description: 'What they open.', body: 'Text.\n' }
  expect(pageAsMarkdown(page)).toBe('# Keys\n\nWhat they open.\n\nText.\n')
  expect(pageAsMarkdown({ ...page, description: undefined })).toBe('# Keys\n\nText.\n')
})

describe.each(pages)('%s', (path) => {
  const source = readFileSync(content + path, 'utf8')
  const body = source.replace(/^---\n[\s\S]*?\n---\n/, '')
  const markdown = pageAsMarkdown({ title: 'T', description: undefined, body })

  test('keeps every sample of every language', () => {
    const samples = readCodeSwitches(source, path).flatMap((group) => group.fences)
    for (const { code } of samples) expect(bare(markdown)).toContain(bare(code))
    // Blocks may bring more of them, such as a recorded exchange.
    expect(fences(markdown)).toBeGreaterThanOrEqual(fences(body))
  })

  test('has nothing left that only this site understands', () => {
    expect(prose(markdown)).not.toMatch(/^\s*:{3,}/m)
    expect(prose(markdown)).not.toMatch(/^\s*<[A-Z]/m)
    expect(prose(markdown)).not.toMatch(/^(?:import|export) /m)
  })

  test('holds placeholders where a program has its key', () => {
    expect(markdown).not.toMatch(/\bsandbox-[a-z0-9]{8,}:|\beyJ[\w-]{10,}\./)
  })
})
