import { mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSecretsFile } from '#store/secrets-file.ts'

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-secrets-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

test('L4: the file is made once, for its owner only, and read from then on', async () => {
  const directory = await temporaryDirectory()
  const first = await openSecretsFile({ directory, make: () => 'first' })
  const second = await openSecretsFile({ directory, make: () => 'second' })

  expect([first, second]).toEqual(['first', 'first'])
  expect((await stat(join(directory, 'secrets.json'))).mode & 0o777).toBe(0o600)
  expect(await readdir(directory)).toEqual(['secrets.json'])
})

test('L4: 20 simultaneous starters agree', async () => {
  const directory = await temporaryDirectory()
  const texts = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      openSecretsFile({ directory, make: () => `secret ${index}` }),
    ),
  )
  expect(new Set(texts).size).toBe(1)
  expect(await readdir(directory)).toEqual(['secrets.json'])
})

test('F6: a symlink in place of the file is refused', async () => {
  const directory = await temporaryDirectory()
  await writeFile(join(directory, 'elsewhere'), 'secrets')
  await symlink(join(directory, 'elsewhere'), join(directory, 'secrets.json'))

  await expect(openSecretsFile({ directory, make: () => 'mine' })).rejects.toThrow(
    /not a plain file/,
  )
})
