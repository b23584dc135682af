import { globSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExpressiveCode, loadShikiTheme, pluginShiki } from '@astrojs/starlight/expressive-code'
import { afterAll, expect, test, vi } from 'vitest'
import { rememberingShiki } from '#build/highlighting/remembering-shiki.ts'

const root = new URL('../../../../', import.meta.url)
const themes = [await loadShikiTheme('github-dark-dimmed'), await loadShikiTheme('github-light')]
const usual = new ExpressiveCode({ themes, plugins: [pluginShiki()] })
const ours = new ExpressiveCode({ themes, plugins: [rememberingShiki()] })

const samples = globSync('content/**/*.{md,mdx}', { cwd: root }).flatMap((file) => {
  const page = readFileSync(new URL(file, root), 'utf8')
  return [...page.matchAll(/^```(\w+).*\n([^]*?)\n```$/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }))
})

const hard = [
  { language: 'python', code: 'a = """open\n\nimport os\n"""\nimport os' },
  { language: 'python', code: 'import os\n"""\nimport os' },
  { language: 'js', code: '/* a\nconst b = `\n${1}\n*/\nconst b = `\n${1}\n`' },
  { language: 'bash', code: 'cat <<EOF\nimport $HOME\nEOF\ncurl <address> "$HOME"' },
  { language: 'mdx', code: '# Head\n\n```python\nimport os\n```\n\n<style>{`a { b: c }`}</style>' },
  { language: 'html', code: '<style>\na { color: red }\n</style>\n<script>\nlet a = 1\n</script>' },
  { language: 'ansi', code: '\u001b[31mred\u001b[0m' },
  { language: 'text', code: 'const a = 1' },
  { language: '', code: 'const a = 1' },
]

test('every sample is highlighted as by the usual plugin, for the first time and from memory', async () => {
  expect(samples.length).toBeGreaterThan(50)
  for (const sample of [...samples, ...hard, ...samples, ...hard]) {
    const [want, got] = [await usual.render(sample), await ours.render(sample)]
    expect(got.renderedGroupAst).toEqual(want.renderedGroupAst)
  }
})

const folder = mkdtempSync(join(tmpdir(), 'samples-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** As one start of `astro dev` after another has it. */
async function highlight(used: typeof themes, code: string) {
  const started = new ExpressiveCode({ themes: used, plugins: [rememberingShiki(folder)] })
  return (await started.render({ language: 'js', code })).renderedGroupAst
}

async function untilKept(count: number): Promise<string[]> {
  return vi.waitFor(() => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
    expect(files).toHaveLength(count)
    return files.map((name) => join(folder, name))
  })
}

test('a sample that an earlier start has kept looks the same; another text or theme has its own', async () => {
  const [dark, light] = themes
  if (!dark || !light) throw new Error('a theme is missing')
  const kept: string[] = []
  for (const [used, code] of [
    [[dark, light], 'const a = 1'],
    [[dark, light], 'const a = "1"'],
    [[light, dark], 'const a = 1'],
    [[dark], 'const a = 1'],
  ] as const) {
    const plain = new ExpressiveCode({ themes: [...used], plugins: [pluginShiki()] })
    const want = (await plain.render({ language: 'js', code })).renderedGroupAst
    expect(await highlight([...used], code)).toEqual(want)
    kept.push(...(await untilKept(kept.length + 1)).filter((file) => !kept.includes(file)))
    expect(await highlight([...used], code)).toEqual(want)
  }
  // What stands there is what is shown: nothing has been highlighted again.
  const [first = ''] = kept
  writeFileSync(first, readFileSync(first, 'utf8').replaceAll(/"#[0-9a-f]{6}"/gi, '"#123456"'))
  expect(JSON.stringify(await highlight(themes, 'const a = 1'))).toContain('#123456')
})

test('what is damaged is highlighted again', async () => {
  const code = 'let damaged'
  const want = await highlight(themes, code)
  const count = 5
  for (const file of await untilKept(count)) writeFileSync(file, '[[')
  expect(await highlight(themes, code)).toEqual(want)
})
