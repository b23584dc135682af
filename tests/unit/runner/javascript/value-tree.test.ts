import { expect, test } from 'vitest'
import { isFromWorker, limits } from '#runner/contract.ts'
import { valueTree } from '#runner/javascript/value-tree.ts'

const isSent = (value: unknown): boolean =>
  isFromWorker({ runId: 'r', kind: 'value', value: valueTree(value) })

test.each([1, 'text', null, undefined, {}, [], () => 1, new Map()])(
  '%j has nothing to open',
  (value) => {
    expect(valueTree(value)).toBeUndefined()
  },
)

test('an object opens to its members, deeper than printed text shows', () => {
  const tree = valueTree({ a: { b: { c: { d: { e: 1 } } } }, f: 'text' })
  expect(tree?.members.map(([key, { text }]) => [key, text])).toEqual([
    ['a', '{ b: [Object] }'],
    ['f', "'text'"],
  ])
  expect(JSON.stringify(tree)).toContain('["e",{"text":"1"')
})

test('maps, sets, lists and headers open to what they hold', () => {
  const keys = (value: unknown) => valueTree(value)?.members.map(([key]) => key)
  expect(keys(new Map([['k', 1]]))).toEqual(["'k'"])
  expect(keys(new Set(['x']))).toEqual(['0'])
  expect(keys(['x', 'y'])).toEqual(['0', '1'])
  expect(keys(new Headers({ 'x-api-auth': 'a' }))).toEqual(['x-api-auth'])
})

test('no getter is called, and a circle ends', () => {
  let calls = 0
  const value: Record<string, unknown> = { a: 1 }
  Object.defineProperty(value, 'b', { enumerable: true, get: () => (calls += 1) })
  value['self'] = value
  expect(valueTree(value)?.members.map(([key]) => key)).toEqual(['a', 'self'])
  expect(calls).toBe(0)
})

test('a value that throws when it is looked at has nothing to open', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  expect(valueTree(proxy)).toBeUndefined()
})

test('S5: a value as large as can be is cut to what the page takes, and says how much is missing', () => {
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, { at }]))
  expect(isSent(wide)).toBe(true)
  expect(valueTree(wide)?.more).toBeGreaterThan(10_000 - limits.valueNodes)
  expect(isSent({ ['long'.repeat(9000)]: 'text'.repeat(9000) })).toBe(true)
  let deep: object = { end: true }
  for (let level = 0; level < 1000; level += 1) deep = { deep }
  expect(isSent(deep)).toBe(true)
})
