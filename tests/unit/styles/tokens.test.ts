import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { oneOffValues, styleSheetsIn } from '../../support/one-off-values.ts'

const source = fileURLToPath(new URL('../../../src/', import.meta.url))
const tokensFile = 'styles/tokens.css'
const files = globSync('**/*.{css,astro,ts}', { cwd: source }).filter((file) => file !== tokensFile)
const tokens = readFileSync(join(source, tokensFile), 'utf8')

/** `file:line: declaration` of each one-off value in a file of this text. */
function findingsIn(file: string, text: string): string[] {
  return styleSheetsIn(file, text).flatMap(({ css, fromLine }) =>
    oneOffValues(css, fromLine).map(
      ({ line, declaration, value }) => `${file}:${line}: ${value} in "${declaration}"`,
    ),
  )
}

describe('the tokens', () => {
  test('are what every style sheet is made of', () => {
    const sheets = files.filter((file) => styleSheetsIn(file, read(file)).length > 0)
    expect(sheets.length).toBeGreaterThan(30)
    expect(sheets.flatMap((file) => findingsIn(file, read(file)))).toEqual([])
  })

  test('are there under every name that is used', () => {
    const defined = new Set(
      [tokens, ...files.map(read)].flatMap((text) => matches(text, /(--bb-[\w-]+)\s*:/g)),
    )
    const used = files.flatMap((file) =>
      matches(read(file), /var\((--bb-[\w-]+)[),]/g).map((name) => ({ file, name })),
    )
    expect(used.length).toBeGreaterThan(100)
    expect(used.filter(({ name }) => !defined.has(name))).toEqual([])
  })

  test('are all used', () => {
    const used = [tokens, ...files.map(read)].join('\n')
    const defined = matches(tokens, /^\s*(--bb-[\w-]+):/gm)
    // `var(--bb-code-${colour})` uses whatever begins like that.
    const begun = matches(used, /var\((--bb-[\w-]+-)\$\{/g)
    const isUsed = (name: string): boolean =>
      new RegExp(`var\\(${name}[),]`).test(used) || begun.some((start) => name.startsWith(start))
    expect(defined.filter((name) => !isUsed(name))).toEqual([])
  })
})

describe('a value of its own', () => {
  test.each([
    ['padding: 13px', '13px'],
    ['margin: 0 auto 1.3rem', '1.3rem'],
    ['inset: calc(100% - .4em)', '.4em'],
    ['transition: color 200ms', '200ms'],
    ['animation: spin 0.4s', '0.4s'],
    ['font-weight: 650', '650'],
    ['font-weight: bold', 'bold'],
    ['line-height: 1.45', '1.45'],
    ['border-radius: 4px', '4px'],
    ['color: #abc', '#abc'],
    ['background: hsl(1 2% 3%)', 'hsl(1 2% 3%)'],
    ['border: 1px solid white', 'white'],
    ['border: 6px solid var(--bb-line)', '6px'],
    ['--own: 3rem', '3rem'],
  ])('is seen: %s', (declaration, value) => {
    expect(oneOffValues(`a { ${declaration} }`)).toEqual([{ line: 1, declaration, value }])
  })

  test.each([
    'margin: 0 auto',
    'margin: calc(-1 * var(--bb-space-4)) 0px',
    'inline-size: min(100%, 80ch, 50vw)',
    'border: 1.5px solid var(--bb-line)',
    'outline-offset: -2px',
    'grid-template-columns: minmax(0, 2fr) 1fr',
    'font-weight: inherit',
    'line-height: var(--bb-line-text)',
    'outline: 2px solid Highlight',
    'white-space: nowrap',
    "content: '3rem #fff'",
    'content: none /* not 3rem */',
  ])('is not: %s', (declaration) => {
    expect(oneOffValues(`@media (min-width: 50rem) { a:hover { ${declaration} } }`)).toEqual([])
  })

  test('is told with its file and line, in each kind of file', () => {
    const css = ['/* one', 'two */', 'a {', '  color: var(--bb-bad);', '  gap: 7px;', '}'].join(
      '\n',
    )
    const found = '7px in "gap: 7px"'
    expect(findingsIn('a.css', css)).toEqual([`a.css:5: ${found}`])
    expect(findingsIn('a.astro', `---\n---\n<p/>\n<style>\n${css}\n</style>`)).toEqual([
      `a.astro:9: ${found}`,
    ])
    expect(findingsIn('a.ts', `const x = css\`\n${css}\``)).toEqual([`a.ts:6: ${found}`])
  })
})

function read(file: string): string {
  return readFileSync(join(source, file), 'utf8')
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name)
}
