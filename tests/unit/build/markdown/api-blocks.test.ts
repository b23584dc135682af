import { markdownToHtml, mdxToJs } from 'satteri'
import { describe, expect, test } from 'vitest'
import { apiBlocks } from '#build/markdown/api-blocks.ts'
import { codeSwitch } from '#build/markdown/code-switch.ts'
import { plainMarkdown } from '#build/markdown/plain-markdown.ts'

// As in astro.config.mjs: the first plugin checks every block of a page.
const options = { features: { directive: true }, mdastPlugins: [codeSwitch(), apiBlocks()] }

function htmlOf(markdown: string): string {
  return markdownToHtml(markdown, options).html
}

test('a call in a sentence leads to its page', () => {
  expect(htmlOf('Ask :endpoint[getImage].').trim()).toBe(
    '<p>Ask <a href="/docs/reference/get-image" class="endpoint-badge"><span class="method">GET</span> <code>/api/v1/images/{id}</code></a>.</p>',
  )
})

test('a code in a sentence leads to its paragraph, a word of OAuth too', () => {
  expect(htmlOf(':error[not_found] :error[invalid_request]').trim()).toBe(
    '<p><a href="/docs/errors#not_found"><code>not_found</code></a> <a href="/docs/errors#invalid_request"><code>invalid_request</code></a></p>',
  )
})

test('a head says what the call wants and leads to the filled-in playground', () => {
  const html = htmlOf(':::endpoint{operation="getBatch"}\n:::')
  expect(html).toContain('/internal/<wbr>v1/<wbr>batches/<wbr>{id}')
  expect(html).toContain('Wants a <a href="/docs/auth#using-the-token">token</a>')
  expect(html).toContain(
    'href="/playground#request=%7B%22call%22%3A%22GET%20%2Finternal%2Fv1%2Fbatches',
  )
})

test('parameters stand by their place, with what they must be', () => {
  const html = htmlOf(':::parameters{operation="listImages"}\n:::')
  expect(html).toContain('<p class="member-place">In the query</p>')
  expect(html).toMatch(/<dt><code>limit<\/code><span class="member-type">integer<\/span><\/dt>/)
  expect(html).toContain('<p class="member-limits">1 to 100 · 20 if left out</p>')
  expect(html).toContain(
    '<a href="/docs/reference/list-categories"><code>GET /api/v1/categories</code></a>',
  )
  expect(htmlOf(':::parameters{operation="getToken"}\n:::')).toContain(
    'In the body, <code>application/x-www-form-urlencoded</code>',
  )
})

test('in a request a value is marked that must be there, in an answer one that may be missing', () => {
  const marked = (html: string) =>
    [
      ...html.matchAll(
        /<code>(\w+)<\/code><span[^>]*>[^<]*<\/span><span class="member-presence">([^<]*)/g,
      ),
    ].map(([, name, word]) => `${name} ${word}`)
  expect(marked(htmlOf(':::parameters{operation="getToken"}\n:::'))).toEqual([
    'username required',
    'password required',
  ])
  expect(marked(htmlOf(':::answers{operation="getToken"}\n:::'))).toEqual([
    'access_token may be missing',
  ])
})

test('errors lead to their paragraphs, under the word that the answer has', () => {
  const html = htmlOf(':::errors{operation="getToken"}\n:::')
  expect(html).toContain(
    '<a href="/docs/errors#overloaded"><code>temporarily_unavailable</code></a>',
  )
  expect(htmlOf(':::errors\n:::').match(/<dt>/g)?.length).toBeGreaterThan(20)
})

const shown = ':::request{name="no-such-batch"}\n:::'

test('an exchange is both messages, from its record, and says that it failed', () => {
  const html = htmlOf(shown)
  expect(html).toContain(
    '<div class="shown-exchange not-content" id="no-such-batch" data-failed="">',
  )
  expect(html).toContain('<b>GET</b> /internal/v1/batches/batch_999')
  expect(html).toContain('<dt>Cookie</dt><dd>access_token=myToken</dd>')
  expect(html).toContain('<b>404 Not Found</b>')
  expect(html).toContain(
    '<span data-kind="key">"code"</span>: <span data-kind="string">"not_found"</span>',
  )
  expect(html).toContain('<details open>')
})

test('of a long list two items are shown, the first of them open, and the rest is counted', () => {
  const html = htmlOf(':::request{name="list-batches"}\n:::')
  expect(html.match(/"batch_\d+"/g)).toHaveLength(2)
  expect(html).toMatch(/The answer has \d+ more items; they are left out here\./)
})

test('MDX makes the same elements, and what is open stays open', () => {
  const { code } = mdxToJs(shown, { ...options, elementAttributeNameCase: 'html' })
  expect(code).toContain('"shown-exchange not-content"')
  expect(code).toMatch(/open: true/)
})

describe('a mistake is told at its place, with its mend', () => {
  test.each([
    [
      ':::parameters\n:::',
      '1:1: This parameters names no operation. Write :::parameters{operation="listImages"}, in one line.',
    ],
    [
      ':::parameters{operation="listImage"}\n:::',
      '1:26: There is no operation "listImage". Did you mean listImages?',
    ],
    [
      ':::parameters{operation="GET /api/v1/me"}\n:::',
      '1:26: There is no operation "GET /api/v1/me". Write its name: getKeyOwner.',
    ],
    [
      ':::endpoint{operation="GET /api/v1/images/{id}"}\n:::',
      'There is no operation "GET /api/v1/images/{id". Write its name: getImage.',
    ],
    [
      ':::answers{operaton="ping"}\n:::',
      '1:12: "operaton" is no attribute of the block "answers". Did you mean operation?',
    ],
    [':::errors{operation="ping"}\nText\n:::', '2:1: The block "errors" holds nothing.'],
    [
      ':::parameter{operation="ping"}\n:::',
      'There is no block ":::parameter". Did you mean parameters?',
    ],
    ['\nSee :endpoint[pong].', '2:5: There is no operation "pong". Did you mean ping?'],
    ['See :error[not_fund].', '1:5: There is no error "not_fund". Did you mean not_found?'],
    ['See :endpiont[ping].', '1:5: There is no word ":endpiont[]". Did you mean :endpoint[]?'],
    [
      ':::request\n:::',
      '1:1: This request has no name. Write :::request{name="who-am-i"}, in one line.',
    ],
    [':::request{name="a b"}\n:::', '1:18: "a b" cannot name a request.'],
    [
      ':::request{name="a" expect="4xx"}\n:::',
      '1:21: expect="4xx" cannot be read. Write it like expect="401".',
    ],
    [
      ':::request{name="a"}\nText\n:::',
      '2:1: A request holds one fence of http. Write the request below ```http, and nothing else.',
    ],
    [
      ':::request{name="a"}\n```http\nGET /api\nx-api-auth\n```\n:::',
      '4:1: "x-api-auth" is no header.',
    ],
    [
      ':::request{name="no-such-bach"}\n:::',
      '1:1: No exchange has the name "no-such-bach". Did you mean no-such-batch?',
    ],
    [
      ':::request{name="a"}\n```http\nGET /api\n```\n:::',
      '1:1: The answer to "a" is not recorded yet. Record it: npm run samples -- --exchanges --update',
    ],
    [
      ':::request{name="no-such-batch"}\n```http\nGET /api\n```\n:::',
      '1:1: "no-such-batch" is recorded with another request. Record it: npm run samples -- --exchanges --update',
    ],
  ])('%j', (markdown, message) => {
    expect(() => htmlOf(markdown)).toThrow(message)
  })
})

describe('as plain Markdown', () => {
  test('words are links, but not in code', () => {
    expect(plainMarkdown('Ask :endpoint[getImage], not `:endpoint[x]` or :error[not_found].')).toBe(
      'Ask [`GET /api/v1/images/{id}`](/docs/reference/get-image), not `:endpoint[x]` or [`not_found`](/docs/errors#not_found).\n',
    )
  })

  test('an exchange is its two messages', () => {
    const markdown = plainMarkdown(`Before\n\n${shown}\n\nAfter`)
    expect(markdown).toContain(
      'The request:\n\n```http\nGET /internal/v1/batches/batch_999\nCookie: access_token=myToken\n```\n\nThe answer:\n\n```http\n404 Not Found\n',
    )
    expect(markdown).toMatch(/\n\}\n```\n\nAfter\n$/)
  })

  test('in an aside all of it is part of the quotation', () => {
    const markdown = plainMarkdown(':::note\n:::errors{operation="ping"}\n:::\n:::')
    for (const line of markdown.trim().split('\n')) expect(line).toMatch(/^>/)
  })
})
