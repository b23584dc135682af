import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkPage } from '#build/markdown/check-page.ts'
import { pageFiles } from '#build/markdown/page-files.ts'
import { readSite } from '#build/markdown/site.ts'
import { referencePages } from '#build/reference/reference-pages.ts'

const folder = 'tests/unit/build/markdown/mistakes'
const site = readSite(process.cwd(), referencePages())

/** Each file of `mistakes/` has one mistake: its place, and what its writer reads. */
const mistakes = [
  [
    'anchor-twice',
    '9:11',
    'The anchor "#count-images" is there twice: this sample, and the heading in line 6. Give one of them another name.',
  ],
  ['block-mistyped', '6:1', 'There is no block ":::nte". Did you mean note?'],
  ['block-open', '6:1', 'This tip is never closed. Write ":::" in a line of its own at its end.'],
  [
    'brace-in-text',
    '6:16',
    'This expression is no JavaScript: Expected `,` or `)` but found `Identifier`. MDX reads { and < as code: write \\{ and \\< where the text means the character.',
  ],
  [
    'code-switch-name-twice',
    '12:22',
    'The name "count" is taken by line 6. Choose another name: it must be unique in its page.',
  ],
  [
    'code-switch-no-name',
    '6:1',
    'This code-switch has no name. Write :::code-switch{name="who-am-i"}, in one line.',
  ],
  [
    'code-switch-text-inside',
    '7:1',
    'A code-switch holds fences and nothing else. Move it above or below the block, or close the block before it with ":::".',
  ],
  ['component-mistyped', '8:1', 'The component <Stepps> is not imported. Did you mean <Steps>?'],
  [
    'component-not-imported',
    '6:1',
    `The component <Steps> is not imported. Write below the frontmatter: import { Steps } from '@astrojs/starlight/components'`,
  ],
  [
    'component-unknown-in-package',
    '6:22',
    '@astrojs/starlight/components has no component Step. Did you mean Steps?',
  ],
  [
    'drawing-no-text',
    '8:1',
    'This drawing has no alternative text. Write role="img" aria-label="..." in the tag, or aria-hidden="true" if it only decorates.',
  ],
  ['element-mistyped', '6:7', 'There is no element <kdb>. Did you mean kbd?'],
  [
    'element-of-ours-mistyped',
    '6:15',
    'There is no element <reader-acount>. Did you mean reader-account?',
  ],
  [
    'fence-file-missing',
    '7:25',
    'There is no file content/snippets/lens.sh. Make the file content/snippets/lens.sh, or name another one.',
  ],
  [
    'fence-id-twice',
    '13:11',
    'The id "python-count" is taken by line 7. Choose another id: it must be unique in its page.',
  ],
  ['fence-mistyped-attribute', '7:31', '"expct" is no attribute of a fence. Did you mean expect?'],
  [
    'fence-no-label',
    '7:23',
    'This fence has no label. Write language, id and label: ```python who-am-i-python Python',
  ],
  [
    'frontmatter-empty-description',
    '3:14',
    'The field "description" cannot be "". Write a text that is not empty.',
  ],
  ['frontmatter-mistyped-field', '5:3', 'There is no field "sidebar.ordr". Did you mean order?'],
  ['frontmatter-no-title', '1:1', 'The field "title" is missing. Write "title: " and a text.'],
  [
    'frontmatter-no-yaml',
    '2:8',
    'This text has ": " in it, and YAML takes what is before it for a field. Put the whole text between quotes.',
  ],
  [
    'frontmatter-none',
    '1:1',
    'This page has no frontmatter. Begin the file with ---, title: ..., description: ..., ---, each in a line of its own.',
  ],
  [
    'frontmatter-open',
    '1:1',
    'This frontmatter is never closed. Write --- in a line of its own below it.',
  ],
  [
    'frontmatter-wrong-kind',
    '5:10',
    'The field "sidebar.order" cannot be "sixth". Write a number.',
  ],
  [
    'frontmatter-wrong-word',
    '4:11',
    'The field "template" cannot be "wide". Write one of doc, splash.',
  ],
  ['heading-empty', '6:1', 'This heading is empty. Write its text, or remove it.'],
  [
    'heading-first-too-deep',
    '6:1',
    'This heading of level 3 stands below one of level 1, so level 2 is missing. Write ## instead of ###.',
  ],
  [
    'heading-level-left-out',
    '8:1',
    'This heading of level 4 stands below one of level 2, so level 3 is missing. Write ### instead of ####.',
  ],
  [
    'heading-second-title',
    '6:1',
    'The title of the frontmatter is the first heading of the page, and a page has one. Write ## for a section.',
  ],
  [
    'heading-twice',
    '10:1',
    'This section has the heading "Lenses" already, in line 6, so a link to it leads to that one. Choose another text.',
  ],
  [
    'import-without-file',
    '6:18',
    'There is no file content/diagrams/lens.svg. Mend the path: it is relative to this page.',
  ],
  ['link-definition', '8:11', 'There is no page /docs/error. Did you mean /docs/errors?'],
  ['link-in-tag', '6:12', 'There is no page /docs/quick-strt. Did you mean /docs/quickstart?'],
  [
    'link-moved-page',
    '6:17',
    'There is no page /docs/api-keys. Did you mean /docs/guides/api-keys?',
  ],
  ['link-no-anchor-here', '8:13', 'This page has no anchor "#lens". Did you mean #lenses?'],
  [
    'link-no-anchor',
    '6:33',
    '/docs/errors has no anchor "#mising_token". Did you mean #missing_token?',
  ],
  ['link-no-page', '6:15', 'There is no page /docs/erors. Did you mean /docs/errors?'],
  ['link-no-scheme', '6:17', 'No link begins with "htps:". Did you mean https?'],
  ['link-nowhere', '6:15', 'This link leads nowhere. Write where to, such as (/docs/auth).'],
  [
    'link-own-address',
    '6:15',
    'This link names the address of this site. Write the path alone: /docs/errors',
  ],
  [
    'link-relative',
    '6:15',
    '"./errors.mdx#not_found" is relative to this page, and links here begin with a slash. Write /docs/errors#not_found',
  ],
  ['link-slash-at-end', '6:15', 'This link ends with a slash. Write /docs/errors'],
  ['link-to-file', '6:15', 'This link names a file. Write the path of its page: /docs/errors'],
  [
    'link-undefined',
    '6:6',
    'Nothing says where [Errors][errors] leads, so it would be printed as it is. Write [Errors](/docs/...), or "[errors]: /docs/..." in a line of its own.',
  ],
  [
    'picture-elsewhere',
    '6:13',
    'The pages of this site load no picture from another site. Put the file beside this page and name it: ./picture.png',
  ],
  [
    'picture-missing',
    '8:24',
    'There is no picture content/docs/camera.png. Put it there, or name another one.',
  ],
  [
    'picture-no-text',
    '8:1',
    'This picture has no alternative text. Write it between the brackets: ![A team lifts its robot](/preview.png)',
  ],
  [
    'picture-tag-no-text',
    '7:3',
    'This picture has no alternative text. Write alt="...", or alt="" if it only decorates.',
  ],
  [
    'sample-no-bash',
    '10:1',
    "This is no Bash: syntax error near unexpected token `done'. Mend the sample.",
  ],
  [
    'sample-no-javascript',
    '9:1',
    'This is no JavaScript: Expected `,` or `)` but found `Identifier`. Mend the sample.',
  ],
  [
    'sample-no-json',
    '10:1',
    'This is no JSON: Expected double-quoted property name. Mend the sample.',
  ],
  [
    'sample-no-python-indent',
    '11:7',
    'This is no Python: this line begins in another column than the block that it is in. Mend the sample.',
  ],
  [
    'sample-no-python',
    '8:19',
    'This is no Python: something is missing here, such as ":", ")" or "]". Mend the sample.',
  ],
  ['sample-tab', '9:1', 'A sample that runs cannot have a tab. Write spaces.'],
  [
    'table-extra-cell',
    '8:12',
    'This row has 3 cells, and the head of the table has 2. Write \\| for a line in the text, in code too, or give the head another column.',
  ],
] as const

/** Reads a file as if it were a page beside the others. */
function messagesOf(source: string, page: string): string[] {
  return checkPage(source, `content/docs/${page}`, site).mistakes.map(({ message }) => message)
}

describe('a page with one mistake', () => {
  test.each(mistakes)('%s: %s', (name, place, says) => {
    const source = readFileSync(`${folder}/${name}.mdx`, 'utf8')
    expect(messagesOf(source, `${name}.mdx`)).toEqual([
      `content/docs/${name}.mdx:${place}: ${says}`,
    ])
  })

  test('each file has its line in the table', () => {
    const files = globSync(`${folder}/*.mdx`).map((file) => basename(file, '.mdx'))
    expect(files.sort()).toEqual(mistakes.map(([name]) => name).sort())
  })
})

describe('the page of errors', () => {
  const source = readFileSync('content/docs/errors.mdx', 'utf8')

  test('lacks nothing as it is', () => {
    expect(messagesOf(source, 'errors.mdx')).toEqual([])
  })

  test('without the section of a code names the code, at the heading of its status', () => {
    const without = source.replace('### overloaded', '### Overloaded by you')
    const line = without.split('\n').findIndex((text) => text.startsWith('## 500 and 503')) + 1
    expect(messagesOf(without, 'errors.mdx')).toContain(
      `content/docs/errors.mdx:${line}:1: The error "overloaded" of src/api/error-codes.ts has no ` +
        'section in this page. Write "### overloaded" below this heading.',
    )
  })
})

test('every page of the site is without a mistake', () => {
  const all = pageFiles(site.root).flatMap(
    (file) => checkPage(readFileSync(file, 'utf8'), file, site).mistakes,
  )
  expect(all.map(({ message }) => message)).toEqual([])
})

describe('what a page may well do', () => {
  const head = '---\ntitle: Cameras\ndescription: Which cameras are good.\n---\n\n'

  test.each([
    [
      'link to what is no file of content/',
      '[a](/playground) [b](/dashboard/settings) [c](/openapi.json)',
    ],
    ['link to the Markdown of a page', '[a](/docs/auth.md) [b](/llms.txt)'],
    ['link to a file of public/', '[mark](/favicon.svg)'],
    ['link to a sample', '[a](/docs/auth#python-token-request)'],
    [
      'link away',
      '[a](https://www.rfc-editor.org/rfc/rfc9110#section-5.5) [b](mailto:a@b.example)',
    ],
    ['link with a query', '[a](/playground?method=GET#x)'],
    ['repeat a heading below another', '## A\n\n### Fixed\n\n## B\n\n### Fixed'],
    ['go up by several levels', '## A\n\n### B\n\n#### C\n\n## D'],
    ['show brackets in code', '`a[0][1]` and values[0][1]'],
    ['decorate', '<img src="/favicon.svg" alt="" />'],
    ['hold its own components', 'export const Lens = () => null\n\n<Lens />'],
  ])('%s', (_, text) => {
    expect(messagesOf(`${head}${text}\n`, 'cameras.mdx')).toEqual([])
  })
})

describe('the rest of the mistakes of a page', () => {
  test('are told together, in the order of its lines', () => {
    const source = '---\ntitle: Cameras\n---\n\n### A\n\n[b](/docs/nowhere-at-all)\n'
    expect(messagesOf(source, 'cameras.mdx').map((text) => text.split(' ', 1)[0])).toEqual([
      'content/docs/cameras.mdx:1:1:',
      'content/docs/cameras.mdx:5:1:',
      'content/docs/cameras.mdx:7:5:',
    ])
  })
})
