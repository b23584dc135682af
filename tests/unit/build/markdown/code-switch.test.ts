import { readFile } from 'node:fs/promises'
import { markdownToHtml, mdxToJs } from 'satteri'
import { describe, expect, test } from 'vitest'
import { codeSwitch } from '#build/markdown/code-switch.ts'
import { buildSite } from '../../../support/site-of-pages.ts'

const options = { features: { directive: true }, mdastPlugins: [codeSwitch()] }

const ping = `:::code-switch{name="ping"}
\`\`\`py ping-python Python title="Ping {1} <b>"
a < b and "c"
\`\`\`
\`\`\`bash ping-bash Shell & Co
curl $URL
\`\`\`
:::
`

test('a group becomes tabs and labelled samples', () => {
  expect(markdownToHtml(ping, options).html.trim()).toBe(
    [
      '<code-switch name="ping" class="not-content">',
      '<div role="tablist" aria-label="Code language" data-pagefind-ignore="">',
      '<button type="button" role="tab" id="tab-ping-python" aria-controls="ping-python"',
      ' aria-selected="true" tabindex="0" data-language="python">Python</button>',
      '<button type="button" role="tab" id="tab-ping-bash" aria-controls="ping-bash"',
      ' aria-selected="false" tabindex="-1" data-language="bash">Shell &amp; Co</button>',
      '</div>',
      '<code-sample id="ping-python" language="python" label="Python" runnable="">',
      '<p class="code-sample-label" data-pagefind-ignore="">Python</p>',
      '<p class="code-sample-title">Ping {1} &lt;b&gt;</p>',
      '<pre><code class="language-python">a &lt; b and "c"\n</code></pre>',
      '</code-sample>',
      '<code-sample id="ping-bash" language="bash" label="Shell &amp; Co">',
      '<p class="code-sample-label" data-pagefind-ignore="">Shell &amp; Co</p>',
      '<pre><code class="language-bash">curl $URL\n</code></pre>',
      '</code-sample>',
      '</code-switch>',
    ].join(''),
  )
})

test('MDX makes the same elements, and no component has to be imported', () => {
  const { code } = mdxToJs(ping, { ...options, elementAttributeNameCase: 'html' })
  expect(code).toContain('"code-switch": "code-switch"')
  expect(code).toContain('"code-sample": "code-sample"')
  expect(code).toContain('"aria-controls": "ping-python"')
  expect(code).not.toContain('ping-python Python')
})

test('the rest of a page, asides included, is left alone', () => {
  const page = '# Title\n\n- one\n\n:::note\nMind.\n:::\n\n```js\nf()\n```\n'
  const plain = { features: { directive: true } }
  expect(markdownToHtml(page, options).html).toBe(markdownToHtml(page, plain).html)
})

test('a malformed group throws while the page is rendered', () => {
  const malformed = ping.replace(' Python title', ' title')
  expect(() => markdownToHtml(malformed, options)).toThrow('page.md:2:19: This fence has no label.')
  expect(() => mdxToJs(malformed, options)).toThrow('page.mdx:2:19: This fence has no label.')
})

describe('astro build', { timeout: 60_000 }, () => {
  const frontMatter = '---\ntitle: Ping\n---\n\n'

  test('highlights the samples of both formats and keeps them in their groups', async () => {
    const fixture = new URL(
      '../../../support/fixtures/code-switch/authentication.md',
      import.meta.url,
    )
    const source = await readFile(fixture, 'utf8')
    await using site = await buildSite({ 'md.md': source, 'mdx.mdx': source })
    expect(site.exitCode, site.output).toBe(0)
    for (const page of ['md', 'mdx']) {
      const html = await site.html(page)
      expect(html.match(/<code-switch name="[\w-]+"/g)).toEqual([
        '<code-switch name="apiKeyHeader"',
        '<code-switch name="token-request"',
      ])
      expect(
        html.match(/<button [^>]*role="tab"[^>]*>\w+/g)?.map((tab) => tab.replace(/.*>/, '')),
      ).toEqual(['Python', 'JavaScript', 'Python', 'JavaScript'])
      expect(
        html.match(/<code-sample [^>]*><p [^>]*>\w+<\/p><div class="expressive-code">/g),
      ).toHaveLength(4)
      expect(html).toContain('starlight-aside--caution')
      expect(html).not.toContain(':::')
    }
  })

  test.each(['md', 'mdx'])(
    'of a malformed .%s fails and names file, line and column',
    async (format) => {
      const page = `content/docs/ping.${format}`
      await using site = await buildSite({
        [`docs/ping.${format}`]: frontMatter + ping.replace('ping-bash Shell', 'ping-python Shell'),
      })
      expect(site.exitCode).toBe(1)
      expect(site.output).toContain(
        `${page}:9:9: The id "ping-python" is taken by line 6. Choose another id: it must be unique in its page.`,
      )
    },
  )
})
