import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import { CardShelf } from '#build/cards/card-shelf.ts'
import type { Errand } from '#build/cards/draw-ahead.ts'

const root = mkdtempSync(join(tmpdir(), 'cards-'))
const folder = join(root, 'kept')
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('the cards of the guide are drawn ahead, and taken from the shelf by what the built pages say', async () => {
  mkdirSync(join(root, 'content', 'docs'), { recursive: true })
  const page = (name: string, text: string): void =>
    writeFileSync(join(root, 'content', 'docs', name), text)
  page('auth.mdx', '---\ntitle: Keys & "tokens"\ndescription: >\n  Who\n  you are.\n---\nText.')
  page('no-words.mdx', '---\ntitle: Alone\n---\nText.')
  page('no-frontmatter.md', 'Text.')
  const workerData: Errand = { root, folder }
  const worker = new Worker(new URL('../../../../src/build/cards/draw-ahead.ts', import.meta.url), {
    workerData,
  })
  await once(worker, 'exit')

  const shelf = new CardShelf(folder)
  await shelf.take({ title: 'Keys & "tokens"', description: 'Who you are.' })
  expect(shelf.drawn).toBe(0)
  expect(readdirSync(folder)).toHaveLength(1)
  await shelf.take({ title: 'Another', description: 'Who you are.' })
  expect(shelf.drawn).toBe(1)
})
