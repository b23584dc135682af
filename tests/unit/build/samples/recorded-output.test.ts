import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { membersOf, readRecordedOutput, recordedPath } from '#build/samples/recorded-output.ts'

const folder = mkdtempSync(join(tmpdir(), 'barbell-records-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the members of an answer', () => {
  test.each([
    ['{"b":1,"a":{"c":null}}', ['a', 'a.c', 'b']],
    ['{"items":[{"id":1},{"id":2,"name":"x"}]}', ['items', 'items[].id', 'items[].name']],
    ['[[{"x":1}]]', ['[][].x']],
    ['{"items":[]}', ['items']],
    ['"text"', []],
    ['', []],
    ['<p>', []],
  ])('of %s are %j', (body, members) => {
    expect(membersOf(body)).toEqual(members)
  })
})

describe('a record', () => {
  test('lies under page, code-switch and language', () => {
    expect(recordedPath('docs/auth', 'who-am-i', 'python')).toBe(
      'content/snippets/_recorded/docs/auth/who-am-i/python.json',
    )
  })

  test('that is not there is no mistake', () => {
    expect(readRecordedOutput(join(folder, 'none.json'))).toBeUndefined()
  })

  test('that is something else names itself and how it is written anew', () => {
    const path = join(folder, 'bad.json')
    writeFileSync(path, '{"text":"a","exchanges":[{"method":"GET"}]}')
    expect(() => readRecordedOutput(path)).toThrow(`${path} is no recorded output. Write it anew`)
  })
})
