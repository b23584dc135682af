import { markdownToHtml, mdxToJs } from 'satteri'
import { expect, test } from 'vitest'
import { plainMarkdown } from '#build/markdown/plain-markdown.ts'
import { scenario } from '#build/markdown/scenario.ts'
import { scenarios } from '#playground/scenarios/catalogue.ts'

const options = { features: { directive: true }, mdastPlugins: [scenario()] }
const page = 'Before\n\n:::scenario{name="wrong-key"}\n:::\n\nAfter\n'

test('a scenario reads without script: what it shows, each step, why, and what it leaves behind', () => {
  const { html } = markdownToHtml(page, options)
  expect(html).toContain(
    '<api-scenario name="wrong-key" id="scenario-wrong-key" class="not-content">',
  )
  expect(html).toContain('<p class="sc-title">Wrong key</p>')
  expect(html.match(/<li>/g)).toHaveLength(3)
  expect(html).toContain('<span class="sc-answer">Answer: 401 invalid_api_key</span>')
  expect(html).toContain('Call <code>GET /api/v1/me</code> with the right key.')
  expect(html).toContain('<a href="/docs/errors#invalid_api_key">invalid_api_key</a>')
  expect(html).toMatch(/<b>Left behind: <\/b>.*<\/api-scenario>\s*<p>After<\/p>/s)
})

test('MDX makes the same element, and no component has to be imported', () => {
  const { code } = mdxToJs(page, { ...options, elementAttributeNameCase: 'html' })
  expect(code).toContain('"api-scenario": "api-scenario"')
})

test.each(scenarios)('$name is text in the Markdown twin of its page', ({ name, title, steps }) => {
  const text = plainMarkdown(`:::scenario{name="${name}"}\n:::\n\nAfter`)
  expect(text).toContain(`**Scenario: ${title}.**`)
  expect(text.match(/^\d+\. .* Answer: \d{3}/gm)).toHaveLength(steps.length)
  expect(text).toContain(`[Run it](/playground#scenario-${name}).\n\nAfter\n`)
  expect(text).not.toContain(':::')
})

test('in an aside it stays in the quotation', () => {
  const text = plainMarkdown(':::note\n:::scenario{name="wrong-key"}\n:::\n:::\n\nAfter')
  expect(text).toMatch(/> \*\*Scenario: Wrong key\.\*\*.*\n>\n> 1\. .*\n\nAfter\n$/s)
})
