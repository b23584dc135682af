import { expect, test } from 'vitest'
import { createPrefetch } from '#runner/prefetch.ts'
import { pyodideBytes, pyodidePath } from '#runner/python/pyodide-files.ts'

function setUp(answer: () => Promise<Response>, savesData = false) {
  const asked: string[] = []
  const fetchFile = (path: string): Promise<Response> => {
    asked.push(path.replace(pyodidePath, ''))
    return answer()
  }
  const prefetch = createPrefetch({ fetchFile, savesData: () => savesData })
  return { asked, prefetch }
}

test('all that Python needs is fetched once, to the last byte', async () => {
  const bodies: Response[] = []
  const { asked, prefetch } = setUp(() => {
    const response = new Response('x'.repeat(10))
    bodies.push(response)
    return Promise.resolve(response)
  })
  prefetch('python')
  prefetch('python')
  expect(asked).toEqual(expect.arrayContaining(Object.keys(pyodideBytes)))
  expect(new Set(asked).size).toBe(asked.length)
  await expect.poll(() => bodies.every(({ bodyUsed }) => bodyUsed)).toBe(true)
})

test('JavaScript needs nothing, and who saves data is not made to spend it', () => {
  const { asked, prefetch } = setUp(() => Promise.resolve(new Response()))
  prefetch('javascript')
  expect(asked).toEqual([])
  const saving = setUp(() => Promise.resolve(new Response()), true)
  saving.prefetch('python')
  expect(saving.asked).toEqual([])
})

test('a fetch that fails is no failure of the page', async () => {
  const { asked, prefetch } = setUp(() => Promise.reject(new TypeError('offline')))
  prefetch('python')
  await new Promise((resolve) => setTimeout(resolve, 0)) // an unhandled rejection would fail this file
  expect(asked).not.toEqual([])
})
