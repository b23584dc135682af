import { beforeEach, expect, test, vi } from 'vitest'

interface Rules {
  createHTML?: (text: string) => string
  createScriptURL?: (url: string) => string
}

const made = new Map<string, Rules>()

beforeEach(() => {
  vi.resetModules()
  vi.unstubAllGlobals()
  made.clear()
  vi.stubGlobal('location', new URL('https://docs.example/docs/auth'))
})

function stubFactory(): void {
  const createPolicy = (name: string, rules: Rules): Rules => {
    made.set(name, rules)
    return { createHTML: (text) => `trusted ${rules.createHTML?.(text)}` }
  }
  vi.stubGlobal('trustedTypes', { createPolicy })
}

test('every policy that is made is one that a page allows, and markup goes through it', async () => {
  stubFactory()
  const { framed, parsedApart, policyNames } = await import('../../src/trusted-types.ts')
  expect(policyNames).toEqual(expect.arrayContaining([...made.keys()]))
  expect(parsedApart('<b>')).toBe('trusted <b>')
  expect(framed('<i>')).toBe('trusted <i>')
})

test('the default policy makes no markup and no script, only the addresses of workers', async () => {
  stubFactory()
  await import('../../src/trusted-types.ts')
  expect(Object.keys(made.get('default') ?? {})).toEqual(['createScriptURL'])
})

test('a browser without Trusted Types takes the texts as they are', async () => {
  const { parsedApart } = await import('../../src/trusted-types.ts')
  expect(parsedApart('<b>')).toBe('<b>')
})

test.each([
  'https://docs.example/runner/worker-B2HO26df.js',
  '/offline/password-estimate-worker-BYesgnCU.js',
  '/pagefind/pagefind-worker.js',
])('the worker %s may be opened', async (url) => {
  const { workerUrl } = await import('../../src/trusted-types.ts')
  expect(workerUrl(url)).toBe(url)
})

test.each([
  'https://elsewhere.example/runner/worker.js',
  'data:text/javascript,1',
  'blob:https://docs.example/0',
  '/pagefind/pagefind.js',
  '/runner/../api/v1/ping',
  '/runner/pyodide/worker.js/x',
])('the worker %s may not', async (url) => {
  const { workerUrl } = await import('../../src/trusted-types.ts')
  expect(() => workerUrl(url)).toThrow('No script of this site')
})
