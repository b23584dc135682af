import { expect, test } from 'vitest'
import { AcceptedDigests } from '#auth/accepted-digests.ts'
import type { KeySecret } from '#auth/auth.ts'

function credential(name: string, secret: string): { name: string; secret: KeySecret } {
  return { name, secret: secret as KeySecret }
}

test('K6: a digest is found by the name and the key that it was accepted for, and by no other', () => {
  const digests = new AcceptedDigests()
  digests.remember(credential('ann', 'k'.repeat(16)), 'p1:ann')
  expect(digests.get(credential('ann', 'k'.repeat(16)))).toBe('p1:ann')
  expect(digests.get(credential('bob', 'k'.repeat(16)))).toBeUndefined()
  expect(digests.get(credential('ann', 'l'.repeat(16)))).toBeUndefined()
  expect(digests.get(credential('an', `n${'k'.repeat(15)}`))).toBeUndefined()
})

test('what was accepted first is forgotten first, and no more than the limit is kept', () => {
  const digests = new AcceptedDigests({ limit: 2 })
  for (const name of ['ann', 'bob', 'eve']) digests.remember(credential(name, 'k'.repeat(16)), name)
  expect(
    ['ann', 'bob', 'eve'].map((name) => digests.get(credential(name, 'k'.repeat(16)))),
  ).toEqual([undefined, 'bob', 'eve'])
})

test('K5: what was refused is not found again', () => {
  const digests = new AcceptedDigests()
  digests.remember(credential('ann', 'k'.repeat(16)), 'p1:ann')
  digests.forget(credential('ann', 'k'.repeat(16)))
  expect(digests.get(credential('ann', 'k'.repeat(16)))).toBeUndefined()
})
