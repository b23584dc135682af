import { expect, test } from 'vitest'
import { readFormFields } from '#forms/form-fields.ts'

function post(body: string, type: string): Request {
  return new Request('https://docs.example/login', {
    method: 'POST',
    body,
    headers: { 'Content-Type': type },
  })
}

const form = 'application/x-www-form-urlencoded'

test('a form is read field by field', async () => {
  const fields = await readFormFields(
    post('username=a%20b&password=%C3%BC%26', `${form}; charset=utf-8`),
  )
  expect([...(fields ?? [])]).toEqual([
    ['username', 'a b'],
    ['password', 'ü&'],
  ])
})

test('I5: a field that comes twice makes it no form of ours', async () => {
  expect(await readFormFields(post('username=a&username=b', form))).toBeUndefined()
})

test.each([
  'application/json',
  'text/plain',
  'multipart/form-data; boundary=x',
  `${form}x`,
  `,${form}`,
])('X3: %s is no form', async (type) => {
  expect(await readFormFields(post('username=a', type))).toBeUndefined()
})

test.each(['username=%FF', 'username=%', 'username=a%00b', '?username=a'])(
  'I5: %s is refused, not mended',
  async (body) => {
    expect(await readFormFields(post(body, form))).toBeUndefined()
  },
)
