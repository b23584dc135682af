import { inspect as nodeInspect } from 'node:util'
import { expect, test } from 'vitest'
import { inspect } from '#runner/javascript/inspect.ts'

let kept = 0

class Robot {
  team = 254
}

const sharedWithNode: Record<string, unknown> = {
  zero: -0,
  bigint: 12n,
  symbol: Symbol('s'),
  nothing: [null, undefined],
  quotes: ['a', "it's", `both ' and "`, 'line\nbreak', '\u0000', '\\'],
  nested: { a: { b: { c: { d: 1 } } } },
  'deep array': [[[[1]]]],
  keys: { 'a-b': 1, $c: 2, 3: 4, [Symbol('k')]: 5 },
  hole: [1, , , 4], // eslint-disable-line no-sparse-arrays
  'array with a name': Object.assign([1], { extra: 2 }),
  class: Robot,
  instance: new Robot(),
  functions: [() => 1, function named() {}],
  'function with a property': Object.assign(() => 1, { a: 1 }),
  map: new Map<unknown, unknown>([['a', { b: 1 }]]),
  set: new Set([1, 'two']),
  'no prototype': Object.assign(Object.create(null) as object, { a: 1 }),
  date: new Date(0),
  regexp: /a+/gi,
  bytes: new Uint8Array([1, 2]),
  accessors: {
    get a() {
      return kept
    },
    set b(value: number) {
      kept = value
    },
  },
  wrapped: [new Number(1), new String('s'), new Boolean(true)],
  'a page of images': {
    items: [{ id: 'a'.repeat(30), team: 1, status: 'reviewed', boxes: [], at: 'b'.repeat(20) }],
    next_cursor: 'c'.repeat(20),
  },
}

test.each(Object.keys(sharedWithNode))('%s is shown as Node shows it', (name) => {
  expect(inspect(sharedWithNode[name])).toBe(nodeInspect(sharedWithNode[name]))
})

test('a circle ends', () => {
  const circle: Record<string, unknown> = { name: 'c' }
  circle['self'] = circle
  expect(inspect(circle)).toBe("{ name: 'c', self: [Circular] }")
})

test('an error is its name and message, with what else it carries and its cause', () => {
  const error = Object.assign(new TypeError('bad', { cause: 'why' }), { code: 7 })
  expect(inspect(error)).toBe("TypeError: bad { code: 7 }\n  [cause]: 'why'")
})

test('what the browser keeps behind getters is shown', () => {
  const response = new Response('x', { status: 201, headers: { a: 'b' } })
  expect(inspect(response)).toContain("headers: Headers { 'a' => 'b', ")
  expect(inspect(new URLSearchParams('a=1'))).toBe("URLSearchParams { 'a' => '1' }")
  expect(inspect(new URL('https://a.example/b'))).toContain("href: 'https://a.example/b'")
})

test('long lists end, and numbers share lines', () => {
  const text = inspect(Array.from({ length: 120 }, (_, number) => number))
  expect(text).toContain('... 20 more items')
  expect(text.split('\n').length).toBeLessThan(12)
})

test('a getter is not called, and a hostile proxy does not throw', () => {
  const trap = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no')
      },
    },
  )
  expect(inspect(trap)).toBe('[value that cannot be shown]')
  expect(
    inspect({
      get a() {
        throw new Error('called')
      },
    }),
  ).toBe('{ a: [Getter] }')
})
