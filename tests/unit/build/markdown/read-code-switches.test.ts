import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MarkdownMistake } from '#build/markdown/markdown-mistake.ts'
import { readCodeSwitches } from '#build/markdown/read-code-switches.ts'

const formats = ['md', 'mdx'] as const
const frontMatter = ['---', 'title: A page', '---', '']
const fences = ['```python a Python', 'print(1)', '```']

function read(lines: readonly string[], format: (typeof formats)[number] = 'md') {
  return readCodeSwitches(lines.join('\n'), `docs/page.${format}`)
}

function mistakeOf(lines: readonly string[], format: (typeof formats)[number]): MarkdownMistake {
  try {
    read(lines, format)
  } catch (error) {
    if (error instanceof MarkdownMistake) return error
    throw error
  }
  throw new TypeError('the page was read without a mistake')
}

describe.each(formats)('a page in .%s', (format) => {
  const fixture = new URL(
    '../../../support/fixtures/code-switch/authentication.md',
    import.meta.url,
  )

  test('gives its groups in order, with name, place, fences and code', () => {
    const lines = readFileSync(fixture, 'utf8').split('\n')
    const groups = read(lines, format)
    expect(groups.map(({ name }) => name)).toEqual(['apiKeyHeader', 'token-request'])
    expect(groups.flatMap((group) => group.fences.map(({ id, label }) => [id, label]))).toEqual([
      ['python-api-key-header', 'Python'],
      ['js-api-key-header', 'JavaScript'],
      ['python-token-request', 'Python'],
      ['javascript-token-request', 'JavaScript'],
    ])
    for (const group of groups) expect(lines[group.line - 1]).toContain(`:::code-switch`)
    for (const { line, language, code } of groups.flatMap((group) => group.fences)) {
      expect(lines[line - 1]).toMatch(new RegExp(`^\`\`\`${language} `))
      expect(lines.slice(line).join('\n').startsWith(`${code}\n\`\`\``)).toBe(true)
    }
  })

  test('keeps attributes, and says which samples run', () => {
    const [group] = read(
      [
        ...frontMatter,
        ':::code-switch{name="ping"}',
        '```py ping-python Python expect="200 401"',
        'a = 1',
        '',
        'b = 2',
        '```',
        '~~~js ping-js JavaScript run="off"',
        '```',
        '~~~',
        ':::',
      ],
      format,
    )
    expect(group).toEqual({
      name: 'ping',
      line: 5,
      column: 1,
      fences: [
        {
          language: 'python',
          id: 'ping-python',
          label: 'Python',
          attributes: { expect: '200 401' },
          code: 'a = 1\n\nb = 2',
          line: 6,
          column: 1,
          runnable: true,
        },
        {
          language: 'javascript',
          id: 'ping-js',
          label: 'JavaScript',
          attributes: { run: 'off' },
          code: '```',
          line: 11,
          column: 1,
          runnable: false,
        },
      ],
    })
  })

  test('may have its groups in lists, quotes and asides', () => {
    const groups = read(
      [
        '1. First',
        '',
        '   :::code-switch{name="in-list"}',
        '   ```python a Python',
        '   if True:',
        '     print(1)',
        '   ```',
        '   :::',
        '',
        '> :::code-switch{name="in-quote"}',
        '> ```python b Python',
        '> print(1)',
        '> ```',
        '> :::',
        '',
        '::::note',
        ':::code-switch{name="in-aside"}',
        '```python c Python',
        'print(1)',
        '```',
        ':::',
        '::::',
      ],
      format,
    )
    expect(groups.map(({ name, line, column }) => ({ name, line, column }))).toEqual([
      { name: 'in-list', line: 3, column: 4 },
      { name: 'in-quote', line: 10, column: 3 },
      { name: 'in-aside', line: 17, column: 1 },
    ])
    expect(groups[0]?.fences[0]).toMatchObject({ line: 4, code: 'if True:\n  print(1)' })
  })

  test('counts lines alike when they end as on Windows', () => {
    const lines = [...frontMatter, ':::code-switch{name="a"}', ...fences, ':::', '']
    const [group] = readCodeSwitches(lines.join('\r\n'), `page.${format}`)
    expect(group).toMatchObject({ line: 5, fences: [{ line: 6, code: 'print(1)' }] })
  })

  test('may show the syntax in a fence, name it in a sentence and escape it', () => {
    const lines = [
      '````md',
      ':::code-switch{name="a"}',
      '::: codeswitch',
      '````',
      '',
      'Write `:::code-switch` at 10:30, a::b, ratio 1:2, std::note.',
      '',
      '\\::: is three colons.',
    ]
    expect(read(lines, format)).toEqual([])
  })
})

interface Malformed {
  readonly title: string
  readonly lines: readonly string[]
  readonly place: string
  readonly says: string
}

const malformed: readonly Malformed[] = [
  {
    title: 'no name',
    lines: [':::code-switch', ...fences, ':::'],
    place: '5:1',
    says: 'This code-switch has no name. Write :::code-switch{name="who-am-i"}, in one line.',
  },
  {
    title: 'an empty name',
    lines: [':::code-switch{name=""}', ...fences, ':::'],
    place: '5:1',
    says: 'This code-switch has no name.',
  },
  {
    title: 'braces that do not close',
    lines: [':::code-switch{name="one"', ...fences, ':::'],
    place: '5:1',
    says: 'This code-switch has no name.',
  },
  {
    title: 'a name that is no id',
    lines: [':::code-switch{name="two words"}', ...fences, ':::'],
    place: '5:22',
    says: '"two words" cannot name a code-switch. Begin with a letter',
  },
  {
    title: 'a mistyped attribute',
    lines: [':::code-switch{name="one" nmae="two"}', ...fences, ':::'],
    place: '5:27',
    says: '"nmae" is no attribute of a code-switch. Did you mean name?',
  },
  {
    title: 'a name that is taken',
    lines: [
      ...[':::code-switch{name="one"}', ...fences, ':::'],
      ...[':::code-switch{name="one"}', '```python b B', '1', '```', ':::'],
    ],
    place: '10:22',
    says: 'The name "one" is taken by line 5. Choose another name',
  },
  {
    title: 'a fence without id',
    lines: [':::code-switch{name="one"}', '```python', 'print(1)', '```', ':::'],
    place: '6:10',
    says: 'This fence has no id. Write language, id and label: ```python who-am-i-python Python',
  },
  {
    title: 'a fence without label',
    lines: [':::code-switch{name="one"}', '```python a', 'print(1)', '```', ':::'],
    place: '6:12',
    says: 'This fence has no label.',
  },
  {
    title: 'a fence without anything',
    lines: [':::code-switch{name="one"}', '~~~~', 'print(1)', '~~~~', ':::'],
    place: '6:5',
    says: 'This fence has no language.',
  },
  {
    title: 'an attribute that there is not',
    lines: [':::code-switch{name="one"}', '```python a A rum="off"', 'print(1)', '```', ':::'],
    place: '6:15',
    says: '"rum" is no attribute of a fence. Did you mean run?',
  },
  {
    title: 'an id that is taken by another fence of the group',
    lines: [':::code-switch{name="one"}', ...fences, '```js a JavaScript', '1', '```', ':::'],
    place: '9:7',
    says: 'The id "a" is taken by line 6. Choose another id',
  },
  {
    title: 'an id that is taken by another group',
    lines: [
      ...[':::code-switch{name="one"}', ...fences, ':::'],
      ...[':::code-switch{name="two"}', '```a a A', '1', '```', ':::'],
    ],
    place: '11:6',
    says: 'The id "a" is taken by line 6.',
  },
  {
    title: 'two fences in one language',
    lines: [':::code-switch{name="one"}', ...fences, '```py b Python', '1', '```', ':::'],
    place: '9:1',
    says: 'This code-switch has two fences in python, the other in line 6.',
  },
  {
    title: 'text before the fences',
    lines: [':::code-switch{name="one"}', 'In Python:', ...fences, ':::'],
    place: '6:1',
    says: 'A code-switch holds fences and nothing else.',
  },
  {
    title: 'a heading between the fences',
    lines: [':::code-switch{name="one"}', ...fences, '### JavaScript', ':::'],
    place: '9:1',
    says: 'A code-switch holds fences and nothing else.',
  },
  {
    title: 'a label in brackets',
    lines: [':::code-switch[Title]{name="one"}', ...fences, ':::'],
    place: '5:15',
    says: 'A code-switch holds fences and nothing else.',
  },
  {
    title: 'an aside among the fences',
    lines: ['::::code-switch{name="one"}', ...fences, ':::note', 'Mind.', ':::', '::::'],
    place: '9:1',
    says: 'A code-switch holds fences and nothing else.',
  },
  {
    title: 'an empty group',
    lines: [':::code-switch{name="one"}', ':::'],
    place: '5:1',
    says: 'The code-switch "one" is empty.',
  },
  {
    title: 'an empty fence',
    lines: [':::code-switch{name="one"}', '```python a A', '```', ':::'],
    place: '6:1',
    says: 'This fence is empty.',
  },
  {
    title: 'a group that is never closed',
    lines: [':::code-switch{name="one"}', ...fences, '', '## Next', '', 'More.'],
    place: '5:1',
    says: 'This code-switch is never closed. Write ":::" in a line of its own at its end.',
  },
  {
    title: 'a group whose colons are taken by the next',
    lines: [
      ':::code-switch{name="one"}',
      ...fences,
      ':::code-switch{name="two"}',
      ...fences,
      ':::',
    ],
    place: '5:1',
    says: 'This code-switch is never closed.',
  },
  {
    title: 'a group that the last line of the page opens',
    lines: ['Text.', '', ':::code-switch{name="one"}'],
    place: '7:1',
    says: 'This code-switch is never closed.',
  },
  {
    title: 'a fence that is never closed',
    lines: [':::code-switch{name="one"}', '```python a A', 'print(1)', ':::'],
    place: '6:1',
    says: 'This fence is never closed. Write ``` below its code.',
  },
  {
    title: 'a fence that is not closed before the next',
    lines: [':::code-switch{name="one"}', '```py a A', '1', '```js b B', '2', '```', ':::'],
    place: '8:1',
    says: 'The fence above is not closed. Write ``` above it,',
  },
  {
    title: 'an aside that is never closed',
    lines: [':::note', 'Mind.', '', 'More.'],
    place: '5:1',
    says: 'This note is never closed.',
  },
  {
    title: 'a space behind the colons',
    lines: ['::: code-switch{name="one"}', ...fences, ':::'],
    place: '5:1',
    says: 'This begins no code-switch and would be printed as text. Write :::code-switch{name="who-am-i"}',
  },
  {
    title: 'a space behind the colons and braces that are no code',
    lines: ['::: code-switch{name="one" two}', ...fences, ':::'],
    place: '5:1',
    says: 'This begins no code-switch and would be printed as text.',
  },
  {
    title: 'a missing hyphen',
    lines: [':::codeswitch{name="one"}', ...fences, ':::'],
    place: '5:1',
    says: 'There is no block ":::codeswitch". Did you mean code-switch?',
  },
  {
    title: 'a missing letter',
    lines: [':::code-swich{name="one"}', ...fences, ':::'],
    place: '5:1',
    says: 'There is no block ":::code-swich". Did you mean code-switch?',
  },
  {
    title: 'an aside of another tool',
    lines: [':::warning', 'Mind.', ':::'],
    place: '5:1',
    says: 'There is no block ":::warning". Known are code-switch, scenario, endpoint, parameters, answers, errors, request, note, tip, caution, danger.',
  },
  {
    title: 'a scenario that is not there',
    lines: [':::scenario{name="revoke-key"}', ':::'],
    place: '5:19',
    says: 'There is no scenario "revoke-key". Did you mean revoked-key?',
  },
  {
    title: 'a scenario without a name',
    lines: [':::scenario', ':::'],
    place: '5:1',
    says: 'This scenario has no name. Write :::scenario{name="revoked-key"}',
  },
  {
    title: 'a scenario with an attribute that it has not',
    lines: [':::scenario{name="revoked-key" run="off"}', ':::'],
    place: '5:32',
    says: '"run" is no attribute of a scenario. Known are name.',
  },
  {
    title: 'a scenario that holds something',
    lines: [':::scenario{name="revoked-key"}', 'Look:', ':::'],
    place: '6:1',
    says: 'A scenario holds nothing. Move it below the block',
  },
  {
    title: 'a scenario that is there twice',
    lines: [':::scenario{name="revoked-key"}', ':::', '', ':::scenario{name="revoked-key"}', ':::'],
    place: '8:19',
    says: 'The scenario "revoked-key" is in line 5 already.',
  },
  {
    title: 'a scenario with two colons',
    lines: ['::scenario{name="revoked-key"}'],
    place: '5:1',
    says: 'This begins no scenario and would be printed as text. Write :::scenario{name=',
  },
  {
    title: 'two colons',
    lines: ['::code-switch{name="one"}', '', ...fences],
    place: '5:1',
    says: 'This begins no code-switch and would be printed as text.',
  },
  {
    title: 'one colon',
    lines: ['See :code-switch{name="one"}', '', ...fences],
    place: '5:5',
    says: 'This begins no code-switch and would be printed as text.',
  },
  {
    title: 'colons that close nothing',
    lines: ['- one', '', '  two', '  :::'],
    place: '8:3',
    says: '":::" closes no block here. Remove it, or open the block.',
  },
  {
    title: 'a tab in a sample that runs',
    lines: [':::code-switch{name="one"}', '```python a A', 'if 1:', '\tprint(1)', '```', ':::'],
    place: '8:1',
    says: 'A sample that runs cannot have a tab. Write spaces.',
  },
  {
    title: 'white space at the end of a line of a sample that runs',
    lines: ['> :::code-switch{name="one"}', '> ```js a A', '> f() ', '> ```', '> :::'],
    place: '7:6',
    says: 'A sample that runs cannot have white space at the end of a line.',
  },
  {
    title: 'an empty first line of a sample that runs',
    lines: [':::code-switch{name="one"}', '```js a A', '', 'f()', '```', ':::'],
    place: '7:1',
    says: 'A sample that runs cannot have an empty first or last line.',
  },
]

describe.each(formats)('malformed in .%s', (format) => {
  test.each(malformed)('$title: $place', ({ lines, place, says }) => {
    const { message } = mistakeOf([...frontMatter, ...lines], format)
    expect(message.slice(0, message.indexOf(' '))).toBe(`docs/page.${format}:${place}:`)
    expect(message).toContain(says)
  })

  test('the place is in the fields that Astro reads, too', () => {
    const mistake = mistakeOf([...frontMatter, ':::code-switch', ...fences, ':::'], format)
    expect(mistake).toMatchObject({
      name: 'MarkdownMistake',
      line: 5,
      column: 1,
      loc: { file: `docs/page.${format}`, line: 5, column: 1 },
    })
  })
})

test('a column counts as an editor counts, whatever stands before it', () => {
  const { message } = mistakeOf(['😀 é :code-switch{name="one"}'], 'md')
  expect(message).toMatch(/^docs\/page\.md:1:6:/)
})

test('broken MDX is named with its place in the file', () => {
  const lines = [...frontMatter, 'A key is {USERNAME KEY}.']
  expect(mistakeOf(lines, 'mdx').message).toMatch(/^docs\/page\.mdx:5:\d+: .* write \\\{ and \\</s)
})

test('what is no sample that runs may have tabs', () => {
  const lines = [':::code-switch{name="one"}', '```make a Make', 'all:', '\ttrue', '```', ':::']
  expect(read(lines)[0]?.fences[0]?.code).toBe('all:\n\ttrue')
})

describe('a fence that names a file', () => {
  const lines = (opening: string, ...code: string[]) => [
    ':::code-switch{name="a"}',
    opening,
    ...code,
    '```',
    ':::',
  ]
  const opening = '```bash b curl file="snippets/count-images.sh"'

  test('has the text of the file for its code', () => {
    const [group] = read(lines(opening))
    const file = readFileSync('content/snippets/count-images.sh', 'utf8')
    expect(`${group?.fences[0]?.code ?? ''}\n`).toBe(file)
  })

  test('that is not there is a mistake at the attribute', () => {
    const { message } = mistakeOf(lines('```bash b curl file="snippets/none.sh"'), 'md')
    expect(message).toBe(
      'docs/page.md:2:16: There is no file content/snippets/none.sh. Make the file ' +
        'content/snippets/none.sh, or name another one.',
    )
  })

  test('holds no code of its own', () => {
    const { message } = mistakeOf(lines(opening, 'ls'), 'md')
    expect(message).toContain('docs/page.md:2:16: This fence holds code and names snippets/')
  })

  test.each(['snippets/../docs/auth.mdx', '../package.json', '/etc/passwd', 'snippets/.env'])(
    'outside the snippets is refused: %s',
    (file) => {
      const { message } = mistakeOf(lines(`\`\`\`bash b curl file="${file}"`), 'md')
      expect(message).toContain('cannot be read. Write it like file="snippets/who-am-i.py".')
    },
  )
})
