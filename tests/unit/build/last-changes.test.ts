import { expect, test } from 'vitest'
import { newestOf, readLastChanges } from '../../../src/build/last-changes.ts'

test('of several commits, the newest that touched a file is its date', () => {
  const log = [
    'at:2026-11-24T10:00:00Z',
    '',
    'content/docs/auth.mdx',
    'at:2026-11-20T10:00:00Z',
    '',
    'content/docs/auth.mdx',
    'content/docs/a file.mdx',
    '',
  ].join('\n')
  expect(newestOf(log)).toEqual(
    new Map([
      ['content/docs/auth.mdx', new Date('2026-11-24T10:00:00Z')],
      ['content/docs/a file.mdx', new Date('2026-11-20T10:00:00Z')],
    ]),
  )
})

test('a folder without history has no dates', () => {
  expect(readLastChanges('node_modules/no-such-folder').size).toBe(0)
})
