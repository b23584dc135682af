import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { createPasswordHasher } from '#auth/password-hasher.ts'

/** Lets the integration write into a folder, as a build does: in a process of its own, whose warnings are seen. */
async function builtInto(folder: URL): Promise<{ stderr: string }> {
  const program = `
    import { passwordWorker } from '#build/password-worker.ts'
    const { hooks } = passwordWorker()
    hooks['astro:config:done']({ config: { build: { server: new URL('${folder.href}') } } })
    await hooks['astro:build:done']({})`
  const args = ['--input-type=module', '--eval', program]
  return await promisify(execFile)(process.execPath, args)
}

test('a build makes a script that hashes, and warns of nothing', async () => {
  const folder = await mkdtemp(join(import.meta.dirname, '.password-worker-')) // where bcryptjs is found from
  onTestFinished(() => rm(folder, { recursive: true }))
  const { stderr } = await builtInto(pathToFileURL(`${folder}/`))
  expect(stderr).toBe('')

  const workerUrl = pathToFileURL(join(folder, 'password-worker.mjs'))
  const hasher = createPasswordHasher({ workerUrl, threads: 1, maxQueue: 1, cost: 4 })
  onTestFinished(() => hasher.close())
  expect(await hasher.matches('a quiet lake', await hasher.hash('a quiet lake'))).toBe(true)
})
