import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ForkableMap } from '#store/forkable-map.ts'

const keys = ['__proto__', 'a', 'b', 'c', 'd']
const change = fc.record({ key: fc.constantFrom(...keys), value: fc.nat() })
const changes = fc.array(fc.oneof(change, fc.record({ key: fc.constantFrom(...keys) })))
type Changes = readonly { key: string; value?: number }[]

function apply(map: Map<string, number> | ForkableMap<number>, all: Changes): void {
  for (const { key, value } of all) {
    if (value === undefined) map.delete(key)
    else map.set(key, value)
  }
}

function look(map: Map<string, number> | ForkableMap<number>): unknown {
  return { size: map.size, values: [...map.values()], each: keys.map((key) => map.get(key)) }
}

test('a fork is as a copy of a Map, its origin stays as it was, and settled they are one', () => {
  fc.assert(
    fc.property(changes, changes, changes, (first, second, third) => {
      const [map, origin] = [new Map<string, number>(), new ForkableMap<number>()]
      apply(map, first)
      apply(origin, first)
      const before = look(map)
      const fork = origin.fork()
      apply(map, second)
      apply(fork, second)
      expect(look(fork)).toEqual(look(map))
      expect(look(origin)).toEqual(before)
      fork.settle()
      expect(look(fork)).toEqual(look(map))
      const next = fork.fork()
      apply(map, third)
      apply(next, third)
      expect(look(next)).toEqual(look(map))
    }),
  )
})
