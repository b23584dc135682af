import { expect, test } from 'vitest'
import { plainMarkdown } from '../../../../src/build/markdown/plain-markdown.ts'

test('a code-switch becomes its samples, each under its label', () => {
  const body = `Before

:::code-switch{name="ping"}
\`\`\`python python-ping Python
print("a: b")
\`\`\`
\`\`\`javascript javascript-ping Java Script expect="200"
console.log(1)
\`\`\`
:::

After`
  expect(plainMarkdown(body)).toBe(`Before

Python:

\`\`\`python
print("a: b")
\`\`\`

Java Script:

\`\`\`javascript
console.log(1)
\`\`\`

After
`)
})

test('a diagram becomes its words, and its import goes', () => {
  const body = `import KeyCheck from '../key-check.svg'\n\n<KeyCheck role="img" aria-label="Who asks whom." />`
  expect(plainMarkdown(body)).toBe('*Diagram: Who asks whom.*\n')
})

test('an aside becomes a quotation with its title', () => {
  expect(plainMarkdown(':::caution[Mind this]\nOne.\n\nTwo.\n:::\n\n:::note\nThree.\n:::')).toBe(
    '> **Mind this**\n>\n> One.\n>\n> Two.\n\n> **Note**\n>\n> Three.\n',
  )
})

test('what stands inside a fence is left as it is', () => {
  const example = '````md\n:::code-switch{name="x"}\n```python id Label\n```\n:::\nimport a\n````'
  expect(plainMarkdown(example)).toBe(`${example}\n`)
})

test('imports of MDX are left out', () => {
  expect(plainMarkdown("import A from './a.astro'\n\nText.\n")).toBe('Text.\n')
})

test('code that is kept in a file of its own stands in its fence', () => {
  const body =
    ':::code-switch{name="a"}\n```bash b curl file="snippets/count-images.sh"\n```\n:::\n'
  expect(plainMarkdown(body)).toMatch(/^curl:\n\n```bash\ncurl https:.*\n.*GoesHere'\n```\n$/)
})
