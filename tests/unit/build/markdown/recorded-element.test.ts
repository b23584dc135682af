import { pathToFileURL } from 'node:url'
import { markdownToHtml } from 'satteri'
import { expect, test } from 'vitest'
import { codeSwitch } from '#build/markdown/code-switch.ts'
import { readRecordedOutput, recordedPath } from '#build/samples/recorded-output.ts'

const [page, group] = ['docs/auth', 'apiKeyHeader']
const source = `:::code-switch{name="${group}"}
\`\`\`python p Python
print(1)
\`\`\`
\`\`\`ruby r Ruby
puts 1
\`\`\`
:::
`

function htmlOf(path: string): string {
  return markdownToHtml(source, {
    features: { directive: true },
    mdastPlugins: [codeSwitch()],
    fileURL: pathToFileURL(path),
  }).html
}

test('the recorded output stands in its sample, readable without a script, and in no other', () => {
  const html = htmlOf(`content/${page}.mdx`)
  expect(html).toContain(
    '<details><summary>Recorded output</summary>' +
      '<pre class="recorded-text"><samp>200 myUsername</samp></pre>' +
      '<ol class="recorded-exchanges"><li><code>GET /api/v1/me</code> 200</li></ol>' +
      '</details></div></code-sample><code-sample id="r"',
  )
  expect(html.match(/class="recorded"/g)).toHaveLength(1)
})

test('its exchanges stand beside it as JSON, for the comparison with a live run', () => {
  const data = /data-recorded="([^"]*)"/.exec(htmlOf(`content/${page}.mdx`))?.[1]
  const record = readRecordedOutput(recordedPath(page, group, 'python'))
  expect(record?.exchanges).toHaveLength(1)
  expect(JSON.parse(data?.replaceAll('&quot;', '"') ?? '')).toEqual({
    exchanges: record?.exchanges,
  })
})

test('a sample of the same name in another page has none', () => {
  expect(htmlOf('content/docs/another.mdx')).not.toContain('recorded')
})
