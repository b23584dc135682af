import { format as nodeFormat } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { ShownValue } from '#runner/contract.ts'
import { createConsole, format, table } from '#runner/javascript/console.ts'

test.each<unknown[][]>([
  [['a', 1, null, undefined, { a: 1 }]],
  [['%s is %d years, %i, %f', 'Bob', 42.5, 42.9, '1.5']],
  [['%j %% %s', { a: 1 }]],
  [['100%']],
  [['%s', 'a', 'more', { b: 2 }]],
  [['%c styled', 'color: red']],
  [[{ a: 1 }, '%s']],
  [['%x', 1]],
  [[]],
])('%j is formatted as Node does', (values) => {
  expect(format(values)).toBe(nodeFormat(...values))
})

describe('a console', () => {
  function printed(use: (console: Console) => void): string[] {
    const lines: string[] = []
    const show = (): void => undefined
    use(createConsole((stream, text) => lines.push(`${stream}: ${text}`), show) as Console)
    return lines
  }

  test('shows the objects that it printed, and nothing else', () => {
    const shown: ShownValue[] = []
    const print = (): void => undefined
    const console = createConsole(print, (makeTree) => {
      const value = makeTree()
      if (value) shown.push(value)
    }) as Console
    console.log('a', 1, { b: 2 }, [], [3])
    console.error({ c: 4 })
    expect(shown.map(({ text }) => text)).toEqual(['{ b: 2 }', '[ 3 ]', '{ c: 4 }'])
  })

  test('keeps the streams apart', () => {
    const lines = printed((console) => {
      console.log('a')
      console.info('b')
      console.debug('c')
      console.warn('d')
      console.error('e')
    })
    expect(lines).toEqual(['stdout: a\n', 'info: b\n', 'debug: c\n', 'warn: d\n', 'error: e\n'])
  })

  test('indents a group', () => {
    const lines = printed((console) => {
      console.group('G')
      console.log('a\nb')
      console.groupEnd()
      console.log('c')
    })
    expect(lines).toEqual(['stdout: G\n', 'stdout:   a\n  b\n', 'stdout: c\n'])
  })

  test('counts and asserts', () => {
    const lines = printed((console) => {
      console.count('x')
      console.count('x')
      console.assert(true, 'not shown')
      console.assert(false, 'shown %s', 1)
    })
    expect(lines).toEqual(['stdout: x: 1\n', 'stdout: x: 2\n', 'warn: Assertion failed: shown 1\n'])
  })
})

test('a table is a box', () => {
  expect(table([{ a: 1, b: 'x' }, { a: 2 }, 7])).toBe(
    [
      '┌─────────┬───┬─────┬────────┐',
      '│ (index) │ a │ b   │ Values │',
      '├─────────┼───┼─────┼────────┤',
      "│ 0       │ 1 │ 'x' │        │",
      '│ 1       │ 2 │     │        │',
      '│ 2       │   │     │ 7      │',
      '└─────────┴───┴─────┴────────┘',
    ].join('\n'),
  )
  expect(table('text')).toBe('text')
})
