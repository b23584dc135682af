import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCodeSwitches } from '#build/markdown/read-code-switches.ts'
import { buildSite } from '../../support/site-of-pages.ts'
import { launchChromium } from '../../support/chromium.ts'
import { openContext, origin } from '../../support/fixtures/code-switch/browser.ts'

// Everything that a highlighter likes to change: a file's name in a comment, its own markers, empty lines, indents.
const python = String.raw`# who_am_i.py

import os  # title="x" {1} ins="os"


def greet(name):
    """Say
  hello  to <b>&amp;</b>.

    """
    return f"{name!r}: \\d+ 'ünïcødé' 🏋️ \u007f"


print(greet(os.environ.get("BARBELL_USERNAME", "nobody")), "https://barbell.example/api/v1/me")`

const javascript = String.raw`// src/who-am-i.js
const text = "a\
  b" + [1, 2]

await fetch("https://barbell.example/api/v1/me?a=1&b=<2>")
+ diff
- like
console.log(/\{1\}/.test(text))`

const page = `---
title: Samples
---

:::code-switch{name="all"}
\`\`\`python all-python Python title="Who am I"
${python}
\`\`\`
\`\`\`js all-javascript JavaScript
${javascript}
\`\`\`
\`\`\`bash all-shell Shell
# a comment
curl $URL
\`\`\`
\`\`\`no-such-language all-other Other
one
\`\`\`
:::
`

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

describe('the text of a sample in a built page', { timeout: 60_000 }, () => {
  test('is its source, character for character, from .md and from .mdx', async () => {
    await using site = await buildSite({ 'a.md': page, 'b.mdx': page })
    expect(site.exitCode, site.output).toBe(0)
    for (const [path, file] of [
      ['a', 'a.md'],
      ['b', 'b.mdx'],
    ] as const) {
      const written = readCodeSwitches(page, file)[0]?.fences.map(({ id, code }) => ({ id, code }))
      expect(await textsOf(await site.html(path))).toEqual(written)
    }
  })
})

test('a plain <pre> gives its text, and no <pre> gives none', async () => {
  const html = '<code-sample id="a"><pre><code>one\n\n  two\n</code></pre></code-sample>'
  expect(await textsOf(html)).toEqual([{ id: 'a', code: 'one\n\n  two' }])
  expect(await textsOf('<code-sample id="b"></code-sample>')).toEqual([{ id: 'b', code: '' }])
})

async function textsOf(html: string) {
  const context = await openContext(browser, { '/': html })
  const tab = await context.newPage()
  await tab.goto(origin)
  // As text: vitest would make an import of its own out of a function's `import()`.
  const texts: unknown = await tab.evaluate(`import('/elements/sample-text.ts').then(
    ({ readSampleText }) => [...document.querySelectorAll('code-sample')]
      .map((sample) => ({ id: sample.id, code: readSampleText(sample) })),
  )`)
  await context.close()
  return texts
}
