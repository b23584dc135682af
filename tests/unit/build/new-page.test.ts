import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkPage } from '#build/markdown/check-page.ts'
import { readSite } from '#build/markdown/site.ts'
import { makePage } from '#build/new-page/new-page.ts'

const root = mkdtempSync(join(tmpdir(), 'barbell-new-page-'))
cpSync('content', join(root, 'content'), { recursive: true })
afterAll(() => rmSync(root, { recursive: true }))

const read = (file: string) => readFileSync(join(root, file), 'utf8')

function runNew(...args: string[]) {
  const script = join(process.cwd(), 'src', 'build', 'new-page', 'run.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('a page is made where its title says, and says where it is', () => {
  expect(runNew('Which cameras work?')).toEqual({
    status: 0,
    stdout:
      'Made content/docs/which-cameras-work.mdx\n' +
      'See it at http://localhost:4321/docs/which-cameras-work while "npm run dev" runs.\n',
    stderr: '',
  })
  expect(read('content/docs/which-cameras-work.mdx')).toContain('title: "Which cameras work?"\n')
})

test('--in names its folder, at the end of whose part of the sidebar it stands', () => {
  expect(makePage(root, 'Lenses', 'guides')).toEqual({
    file: 'content/docs/guides/lenses.mdx',
    path: '/docs/guides/lenses',
  })
  expect(read('content/docs/guides/lenses.mdx')).toMatch(
    /^---\ntitle: Lenses\n.*\n {2}order: 4\.7\n/s,
  )
  expect(makePage(root, 'Filters', 'guides').path).toBe('/docs/guides/filters')
  expect(read('content/docs/guides/filters.mdx')).toContain('order: 4.8\n')
})

test.each(['Lights', 'Colons: two of them', '"Quoted" & <odd> $& {braces}', 'Überblick'])(
  'the page "%s" has no mistake, and runnable samples with their records',
  (title) => {
    const { file } = makePage(root, title, '')
    const { mistakes, codeSwitches } = checkPage(read(file), file, readSite(root))
    expect(mistakes).toEqual([])
    const [group] = codeSwitches
    expect(group?.fences.map(({ runnable, language }) => [language, runnable])).toEqual([
      ['python', true],
      ['javascript', true],
    ])
    for (const language of ['python', 'javascript']) {
      const page = file.replace(/^content\/|\.mdx$/g, '')
      const record = `content/snippets/_recorded/${page}/${group?.name ?? ''}/${language}.json`
      expect(JSON.parse(read(record))).toMatchObject({ exchanges: [{ path: '/api/v1/stats' }] })
    }
  },
)

test.each([
  [['Quickstart'], 'content/docs/quickstart.mdx is there already. Choose another title.'],
  [['Operate'], 'content/docs/operate/index.mdx is there already. Choose another title.'],
  [['--in', 'giudes', 'Cranes'], 'There is no folder content/docs/giudes. Did you mean guides?'],
  [['--in', '../..', 'Cranes'], '"../.." is no folder below content/docs. Write it like guides.'],
  [['2026'], '"2026" makes no address. Begin the title with a letter from a to z.'],
  [[], 'The page needs a title. Write: npm run new -- "Page title"'],
  [['Two', 'words'], 'Put the title between quotes.'],
  [['--at', 'x'], "Unknown option '--at'."],
])('%j is refused in words', (args, says) => {
  const { status, stdout, stderr } = runNew(...args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain(says)
  expect(stderr).not.toContain('    at ')
})
