import { globSync, readFileSync } from 'node:fs'
import { ExpressiveCode, loadShikiTheme, pluginShiki } from '@astrojs/starlight/expressive-code'
import { expect, test } from 'vitest'
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
