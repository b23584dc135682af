import { expect, test } from 'vitest'
import { changelogItems } from '../../../../src/build/markdown/changelog-items.ts'

const body = `
## Not yet released

- Something that nobody has yet.

## 0.2.0 (2026-11-24)

### For operators

- Fixes a fault.

## 0.1.0

- The beginning.
`

test('every release is an item, the newest first; what is not released is none', () => {
  expect(changelogItems(body)).toEqual([
    {
      title: '0.2.0 (2026-11-24)',
      text: '### For operators\n\n- Fixes a fault.',
      date: new Date('2026-11-24T00:00:00Z'),
    },
    { title: '0.1.0', text: '- The beginning.', date: undefined },
  ])
})

test('a page without releases has no items', () => {
  expect(changelogItems('Nothing yet.\n')).toEqual([])
})
