import { expect, test } from 'vitest'
import { normalText } from '../../samples/normal-text.ts'

const values = {
  reader: {
    username: 'sandbox-bcdfghjk',
    password: 'abcdefghijklmnopqrstuvwx',
    apiKey: 'sandbox-bcdfghjk:ABCDEFGHIJKLMN99',
  },
  origins: ['http://localhost:4001'],
}

test.each([
  ['key=sandbox-bcdfghjk:ABCDEFGHIJKLMN99', 'key=myUsername:myLongKeyGoesHere'],
  ['ABCDEFGHIJKLMN99', 'myLongKeyGoesHere'],
  ['ends in N99, LMN99, MN99', 'ends in N99, LMN99, Here'],
  ['hint: MN99', 'hint: Here'],
  ['password abcdefghijklmnopqrstuvwx', 'password myPassword'],
  [
    'another reader: sandbox-zzzzzzzz:0123456789abcdef',
    'another reader: myUsername:myLongKeyGoesHere',
  ],
  ['eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl', 'eyJ…'],
  ['http://localhost:4001/docs', 'https://barbell.example/docs'],
  ['2026-11-24T13:19:04.760Z', '2026-03-01T12:00:00Z'],
  ['"api_key";r=597;t=42', '"api_key";r=599;t=60'],
  ['2020df14-f132-4b62-8f80-39b1e9c44b1e', '00000000-0000-4000-8000-000000000000'],
  ['12 images of 3688', '12 images of 3688'],
])('%s becomes %s', (text, normal) => {
  expect(normalText(text, values)).toBe(normal)
})

test('what is normal stays as it is', () => {
  const normal = normalText('sandbox-bcdfghjk 2026-11-24T13:19:04Z eyJa.eyJb.c', values)
  expect(normalText(normal, values)).toBe(normal)
})
