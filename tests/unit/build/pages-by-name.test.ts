import { expect, test } from 'vitest'
import { importByName } from '../../../src/build/pages-by-name.ts'

const list = `
export default new Map([
["content/docs/auth.mdx", () => import("astro:page?fileName=content%2Fdocs%2Fauth.mdx&flag=true")],
["content/a \\"quoted\\".mdx", () => import("astro:page?fileName=content%2Fa%20%22quoted%22.mdx")]]);
		`

/** Runs a list as a module whose import gives back what it was to import. */
async function addressesOf(code: string): Promise<Record<string, string>> {
  const told = code.replace(/import\(/g, '(')
  const url = `data:text/javascript,${encodeURIComponent(told)}`
  const { default: pages } = (await import(/* @vite-ignore */ url)) as {
    default: Map<string, () => string>
  }
  return Object.fromEntries([...pages].map(([file, load]) => [file, load()]))
}

test('every page of the list is imported by its address, when it is called', async () => {
  const code = importByName(list)
  expect(await addressesOf(code)).toEqual({
    'content/docs/auth.mdx': '/@id/astro:page?fileName=content%2Fdocs%2Fauth.mdx&flag=true',
    'content/a "quoted".mdx': '/@id/astro:page?fileName=content%2Fa%20%22quoted%22.mdx',
  })
  expect(code.split('import(')).toHaveLength(2)
})

test('a list that is written otherwise, and one without pages, stay as they are', () => {
  for (const other of [
    list.replace('() => import', 'async () => import'),
    'export default new Map();',
  ]) {
    expect(importByName(other)).toBe(other)
  }
})
