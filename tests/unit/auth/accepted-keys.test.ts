import { expect, test } from 'vitest'
import { AcceptedKeys } from '#auth/accepted-keys.ts'
import type { KeyIdentity, KeySecret } from '#auth/auth.ts'

function credential(name: string, secret: string): { name: string; secret: KeySecret } {
  return { name, secret: secret as KeySecret }
}

const stored = (digest: string) => ({ digest, id: 'key', accountId: 'account' })

test('K6: an accepted key is found by the name and the key that it was accepted for, and by no other', () => {
  const keys = new AcceptedKeys()
  keys.remember(credential('ann', 'k'.repeat(16)), stored('p1:ann'))
  expect(keys.get(credential('ann', 'k'.repeat(16)))?.digest).toBe('p1:ann')
  expect(keys.get(credential('bob', 'k'.repeat(16)))).toBeUndefined()
  expect(keys.get(credential('ann', 'l'.repeat(16)))).toBeUndefined()
  expect(keys.get(credential('an', `n${'k'.repeat(15)}`))).toBeUndefined()
})

test('what was accepted first is forgotten first, and no more than the limit is kept', () => {
  const keys = new AcceptedKeys({ limit: 2 })
  for (const name of ['ann', 'bob', 'eve'])
    keys.remember(credential(name, 'k'.repeat(16)), stored(name))
  expect(
    ['ann', 'bob', 'eve'].map((name) => keys.get(credential(name, 'k'.repeat(16)))?.digest),
  ).toEqual([undefined, 'bob', 'eve'])
})

test('K5: what was refused is not found again', () => {
  const keys = new AcceptedKeys()
  keys.remember(credential('ann', 'k'.repeat(16)), stored('p1:ann'))
  keys.forget(credential('ann', 'k'.repeat(16)))
  expect(keys.get(credential('ann', 'k'.repeat(16)))).toBeUndefined()
})

test('calls of one key that come together remember one object', () => {
  const keys = new AcceptedKeys()
  const ann = credential('ann', 'k'.repeat(16))
  expect(keys.remember(ann, stored('p1:ann'))).toBe(keys.remember(ann, stored('p1:ann')))
})

test('whoever counts a key that is forgotten keeps nothing of its account', () => {
  const keys = new AcceptedKeys({ limit: 1 })
  const [ann, bob] = ['ann', 'bob'].map((name) => {
    const accepted = keys.remember(credential(name, 'k'.repeat(16)), stored(name))
    accepted.identity = { account: {}, key: {}, subject: accepted } as unknown as KeyIdentity
    return accepted
  })
  expect([ann?.identity, bob?.identity?.subject]).toEqual([null, bob])
  keys.forget(credential('bob', 'k'.repeat(16)))
  expect(bob?.identity).toBeNull()
})
