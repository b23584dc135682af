import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  copyRuntimePackages,
  runtimePackages,
} from '../../../src/build/runtime-packages/runtime-packages.ts'

const root = mkdtempSync(join(tmpdir(), 'barbell-packages-'))
afterAll(() => rmSync(root, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function addPackage(path: string, manifest: object = {}): void {
  write(`node_modules/${path}/package.json`, JSON.stringify(manifest))
}

beforeAll(() => {
  write('dist/server/entry.mjs', `import a from 'a';import 'node:fs';import './chunks/one.mjs'`)
  write('dist/server/chunks/one.mjs', `const b = await import('@scope/b/deep/file.js')`)
  write('dist/client/page.js', `import 'of-pages'`)
  write('src/cli/barbell.ts', `import { c } from '#store/c.ts'\nimport './near.ts'`)
  write('src/cli/near.ts', `import '../store/c.ts'`)
  write(
    'src/store/c.ts',
    `import type { C } from 'c'\nimport '../cli/barbell.ts'\nexport const c = 1`,
  )
  write('src/build/build.ts', `import 'builds'`)

  addPackage('a', { dependencies: { d: '2' }, optionalDependencies: { 'other-platform': '1' } })
  addPackage('a/node_modules/d', { dependencies: { e: '1' } })
  addPackage('d')
  addPackage('e', { dependencies: { a: '1' } })
  addPackage('@scope/b', {
    peerDependencies: { peer: '1', typescript: '6' },
    peerDependenciesMeta: { typescript: { optional: true } },
  })
  for (const name of ['c', 'peer', 'typescript', 'builds', 'of-pages']) addPackage(name)
})

test('what the server and the commands name is taken, and what that needs', () => {
  expect(runtimePackages(root)).toEqual(['@scope/b', 'a', 'a/node_modules/d', 'c', 'e', 'peer'])
})

test('what only builds the site, or runs in pages, is not copied', () => {
  const target = join(root, 'target')
  copyRuntimePackages(root, target)
  expect(readdirSync(target).toSorted()).toEqual(['@scope', 'a', 'c', 'e', 'peer'])
  expect(readdirSync(join(target, 'a', 'node_modules'))).toEqual(['d'])
})
