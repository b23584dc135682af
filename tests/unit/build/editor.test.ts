import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { checkPage } from '#build/markdown/check-page.ts'
import { readSite } from '#build/markdown/site.ts'

const site = readSite(process.cwd())
const snippetShape = z.record(
  z.string(),
  z.object({ prefix: z.string(), body: z.array(z.string()) }),
)
// VS Code allows a comma behind the last item.
const source = readFileSync('.vscode/pages.code-snippets', 'utf8').replaceAll(/,(\s*[\]}])/g, '$1')
const snippets = Object.values(snippetShape.parse(JSON.parse(source)))

/** What a snippet writes when each of its places is left as it is proposed. */
function written(prefix: string): string {
  const body = snippets.find((each) => each.prefix === prefix)?.body ?? []
  return body
    .join('\n')
    .replaceAll(/\$\{\d+:([^}]*)\}/g, '$1')
    .replaceAll(/\$\d+/g, 'Text.')
}

test.each(['code-switch', 'note', 'tip', 'caution', 'danger'])(
  'the snippet "%s" writes what the checks accept, in a page that begins as the snippet says',
  (prefix) => {
    const page = `${written('frontmatter')}\n\n${written(prefix)}`
    const { mistakes, codeSwitches } = checkPage(page, 'content/docs/cameras.mdx', site)
    expect(mistakes).toEqual([])
    expect(codeSwitches).toHaveLength(prefix === 'code-switch' ? 1 : 0)
  },
)
