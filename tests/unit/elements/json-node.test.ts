import { expect, test } from 'vitest'
import { readJson } from '#elements/json-node.ts'

test('JSON text becomes a tree in its own order', () => {
  expect(readJson('{"b":[true,null],"a":"x"}')).toEqual({
    kind: 'object',
    members: [
      [
        'b',
        {
          kind: 'list',
          members: [
            [null, { kind: 'word', source: 'true' }],
            [null, { kind: 'word', source: 'null' }],
          ],
        },
      ],
      ['a', { kind: 'string', source: '"x"' }],
    ],
  })
})

test.each(['12345678901234567890', '1.10', '-0', '1e3'])(
  'the number %s stays as written',
  (source) => {
    expect(readJson(source)).toEqual({ kind: 'number', source })
  },
)

test('a string keeps its escapes', () => {
  expect(readJson('"a\\u0041"')).toEqual({ kind: 'string', source: '"a\\u0041"' })
})

test.each(['', '{', 'nan', `[${'1,'.repeat(40_000)}1]`])('%.10s… is shown as text', (text) => {
  expect(readJson(text)).toBeNull()
})
