import { describe, expect, test } from 'vitest'
import { compile, sampleFrames, toSampleError } from '#runner/javascript/compile.ts'

async function errorOf(code: string) {
  try {
    await compile(code)()
  } catch (error) {
    return toSampleError(error)
  }
  throw new Error('The sample did not throw.')
}

test('a sample has top-level await, strict rules and no this', async () => {
  const program = compile(
    'globalThis.seen = [await 1, this, (() => { try { x = 1 } catch (e) { return e.name } })()]',
  )
  await program()
  expect((globalThis as { seen?: unknown }).seen).toEqual([1, undefined, 'ReferenceError'])
})

test.each([
  ['the first line', 'null.x', 1, 6],
  ['a later line', 'const a = 1\n\n  null.x', 3, 8],
  ['a function', 'function f() {\n  throw new RangeError("r")\n}\nf()', 2, 9],
  ['after await', 'await 1\nawait 2\nnull.x', 3, 6],
])('an error on %s has its line and column', async (_, code, line, column) => {
  expect(await errorOf(code)).toMatchObject({ line, column })
})

test('the trace names the sample and nothing of the runner', async () => {
  const { trace } = await errorOf('function inner() {\n  null.x\n}\ninner()')
  expect(trace).toBe('    at inner (sample.js:2:8)\n    at sample.js:4:1')
})

test('a message that looks like a stack does not mislead', async () => {
  expect(await errorOf('\n\nthrow new Error("at f (sample.js:99:1)")')).toMatchObject({ line: 3 })
})

test('anything may be thrown', async () => {
  expect(await errorOf('throw { a: 1 }')).toEqual({
    name: 'Uncaught',
    message: '{ a: 1 }',
    line: null,
  })
  expect(await errorOf('throw undefined')).toMatchObject({ message: 'undefined' })
})

test.each(['const = 1', 'import fs from "fs"', 'export const a = 1'])(
  '%s does not compile',
  (code) => {
    expect(() => compile(code)).toThrow(SyntaxError)
  },
)

describe('stack frames', () => {
  test('of Chromium', () => {
    const stack = `TypeError: x\n    at f (sample.js:2:3)\n    at async eval (sample.js:5:1)\n    at run (https://a.example/worker.js:1:1)`
    expect(sampleFrames(stack)).toEqual([
      { caller: 'f', line: 2, column: 3 },
      { caller: '', line: 5, column: 1 },
    ])
  })

  test('of Firefox', () => {
    const stack = `f@sample.js:2:3\nasync*anonymous@https://a.example/worker.js line 3 > eval:5:1\nrun@https://a.example/worker.js:1:1`
    expect(sampleFrames(stack).map(({ line }) => line)).toEqual([2, 5])
  })
})
