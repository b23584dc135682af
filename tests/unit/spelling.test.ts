import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const cspell = join('node_modules', 'cspell', 'bin.mjs')

/** What the check of the spelling says of a page. */
function spell(text: string): string[] {
  const args = [cspell, 'lint', '--no-progress', '--no-summary', 'stdin://content/docs/page.mdx']
  const { stdout } = spawnSync(process.execPath, args, { input: text, encoding: 'utf8' })
  return stdout.split('\n').filter((line) => line !== '')
}

test('a mistyped word is named with its place, and code is left alone', () => {
  const page = [
    '# Cameras',
    '',
    'A `mistyepd` word in code, and a mistyepd word in a [sentnce](/docs/adress).',
    '',
    '```python a Python',
    'imprt requsts',
    '```',
  ]
  const found = spell(page.join('\n'))
  expect(found.map((line) => /:(\d+:\d+) - Unknown word \((\w+)\)/.exec(line)?.slice(1))).toEqual([
    ['3:34', 'mistyepd'],
    ['3:54', 'sentnce'],
  ])
})

test('the words of the project are sorted, each once', () => {
  const words = readFileSync('content/words.txt', 'utf8').trimEnd().split('\n')
  const sorted = [...new Set(words)].sort((a, b) => a.localeCompare(b, 'en'))
  expect(words).toEqual(sorted)
})
