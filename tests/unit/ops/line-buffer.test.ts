import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { LineBuffer } from '#ops/line-buffer.ts'

function buffer(blockCharacters: number) {
  const writes: string[] = []
  const lines = new LineBuffer({ write: (text) => writes.push(text) }, { blockCharacters })
  return { writes, lines }
}

test('lines that may wait are handed on in one block when it is full', () => {
  const { writes, lines } = buffer(6)
  lines.hold('a\n')
  lines.hold('b\n')
  expect(writes).toEqual([])
  lines.hold('c\n')
  expect(writes).toEqual(['a\nb\nc\n'])
})

test('a line that may not wait takes those before it along, in their order', () => {
  const { writes, lines } = buffer(100)
  lines.hold('a\n')
  lines.write('error\n')
  expect(writes).toEqual(['a\nerror\n'])
})

test('no line waits longer than a second', async () => {
  const { writes, lines } = buffer(100)
  lines.hold('a\n')
  await sleep(1050)
  expect(writes).toEqual(['a\n'])
})

test('nothing held is nothing written', () => {
  const { writes, lines } = buffer(100)
  lines.pass()
  expect(writes).toEqual([])
})

test('without a block size every line is handed on at once', () => {
  const { writes, lines } = buffer(0)
  lines.hold('a\n')
  lines.hold('b\n')
  expect(writes).toEqual(['a\n', 'b\n'])
})
