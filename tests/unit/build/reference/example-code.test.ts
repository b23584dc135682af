import { describe, expect, test } from 'vitest'
import { readCodeSwitches } from '#build/markdown/read-code-switches.ts'
import { exampleCode } from '#build/reference/example-code.ts'
import { findOperation, operations } from '#build/reference/operations.ts'
import { referencePages } from '#build/reference/reference-pages.ts'

function codeOf(name: string, language: string): string {
  const operation = findOperation(name)
  if (operation === undefined) throw new Error(`there is no operation ${name}`)
  return exampleCode(operation).find((one) => one.language === language)?.code ?? ''
}

test('a call of the public API sends the key of the placeholders', () => {
  for (const language of ['python', 'javascript', 'bash']) {
    expect(codeOf('listImages', language)).toContain('myUsername:myLongKeyGoesHere')
    expect(codeOf('listImages', language)).not.toContain('/auth/v1/token')
  }
})

test('a call of the internal API signs in first, in every language', () => {
  for (const language of ['python', 'javascript', 'bash']) {
    const code = codeOf('getBatch', language)
    expect(code).toContain('https://barbell.example/auth/v1/token')
    expect(code.indexOf('/auth/v1/token')).toBeLessThan(
      code.indexOf('/internal/v1/batches/batch_001'),
    )
  }
})

test('the call that brings the cookie is no reason to sign in before it', () => {
  expect(codeOf('getToken', 'javascript').match(/fetch\(/g)).toHaveLength(1)
  expect(codeOf('getToken', 'python').match(/\.post\(/g)).toHaveLength(1)
})

describe('the page of each call has its samples, which readers can run', () => {
  const pages = new Map(referencePages().map(({ id, body }) => [id, body]))

  test.each(operations.map(({ slug, name }) => [slug, name]))('%s', (slug, name) => {
    const [group, ...others] = readCodeSwitches(
      pages.get(`docs/reference/${slug}`) ?? '',
      'page.md',
    )
    expect(others).toEqual([])
    expect(group?.fences.map(({ language }) => language)).toEqual(['python', 'javascript', 'bash'])
    // Its name is taken by whoever runs it.
    expect(group?.fences[0]?.runnable).toBe(name !== 'register')
  })
})
