import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import {
  type Store,
  type StoreClass,
  passOverFirstWrite,
} from '../../../src/build/unchanged-store.ts'

const module = new URL(
  'dist/content/mutable-data-store.js',
  import.meta.resolve('astro/package.json'),
)

interface Filled extends Store {
  set(collection: string, key: string, value: unknown): void
  delete(collection: string, key: string): void
  waitUntilSaveComplete(): Promise<void>
}

const { MutableDataStore } = (await import(module.href)) as { MutableDataStore: StoreClass }
passOverFirstWrite(MutableDataStore)

test('content is written down when it has changed since it was read, and only then', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'store-'))
  const path = join(folder, 'data-store.json')
  const open = async () => (await MutableDataStore.fromFile(pathToFileURL(path))) as Filled
  const page = (body: string) => ({ id: 'page', data: { title: 'Page' }, body })
  const made = await open()
  made.set('docs', 'page', page('a text'))
  made.set('docs', 'other', page('another'))
  await made.waitUntilSaveComplete()
  const first = await readFile(path, 'utf8')
  expect(first).toContain('a text')

  // The same, written otherwise: it shows whether somebody writes.
  await writeFile(path, ` ${first}`)
  const again = await open()
  again.set('docs', 'page', page('a text'))
  again.delete('docs', 'other')
  again.set('docs', 'other', page('another'))
  await again.waitUntilSaveComplete()
  expect(await readFile(path, 'utf8')).toBe(` ${first}`)

  again.set('docs', 'page', page('a new text'))
  await again.waitUntilSaveComplete()
  expect(await readFile(path, 'utf8')).toBe(first.replace('a text', 'a new text'))
  again.set('docs', 'page', page('a text'))
  await again.waitUntilSaveComplete()
  expect(await readFile(path, 'utf8')).toBe(first)

  const less = await open()
  less.delete('docs', 'other')
  await less.waitUntilSaveComplete()
  expect(await readFile(path, 'utf8')).not.toContain('another')
  await rm(folder, { recursive: true })
})
