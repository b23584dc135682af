import { chmod, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { controlSocketName } from '#ops/control.ts'
import { addToRing } from '#store/backup-ring.ts'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { processLockName, takeProcessLock } from '#store/process-lock.ts'
import type { Outcome } from '../../../src/cli/command.ts'
import { doctor } from '../../../src/cli/doctor.ts'
import { createTerminal } from '../../../src/cli/terminal.ts'
import { readConfig } from '../../../src/config.ts'
import { stoppedServer, temporaryDirectory } from './stopped-server.ts'

/** What doctor tells of a server with these settings. */
async function told(env: Record<string, string>, switches: string[] = []): Promise<Outcome> {
  return await doctor.run(
    { places: [], switches: new Set(switches), values: new Map() },
    {
      readConfig: () => readConfig(env),
      resolvePath: (path) => path,
      terminal: createTerminal(process.stdin, process.stderr),
    },
  )
}

async function examined(env: Record<string, string>): Promise<{ failed: boolean; mend: string[] }> {
  const { text, failed = false } = await told(env, ['json'])
  const findings = JSON.parse(text) as { subject: string; state: string; text: string }[]
  const mend = findings.filter(({ state }) => state === 'mend')
  return { failed, mend: mend.map((found) => `${found.subject}: ${found.text}`) }
}

test('finds nothing wrong with a server that stopped, and changes nothing', async () => {
  const { directory, env } = await stoppedServer()
  const before = await readdir(directory)
  expect(await examined(env)).toEqual({ failed: false, mend: [] })
  expect(await readdir(directory)).toEqual(before)
})

test('a setting that cannot be is the one thing to mend', async () => {
  const { failed, mend } = await examined({ PORT: 'http' })
  expect(failed).toBe(true)
  expect(mend).toEqual([expect.stringMatching(/^configuration: PORT must be a port/) as string])
})

test('a server that other machines reach needs the address that they use', async () => {
  const { env } = await stoppedServer()
  const { mend } = await examined({ ...env, HOST: '0.0.0.0' })
  expect(mend).toEqual([expect.stringMatching(/^BARBELL_URL: .*set BARBELL_URL/) as string])
  const url = { ...env, HOST: '0.0.0.0', BARBELL_URL: 'https://docs.example' }
  expect((await examined(url)).mend).toEqual([])
})

test('F6: a folder or file that others may read is told with its cure', async () => {
  const { directory, env } = await stoppedServer()
  await chmod(directory, 0o755)
  await chmod(join(directory, 'secrets.json'), 0o644)
  const { failed, mend } = await examined(env)
  expect(failed).toBe(true)
  expect(mend.join('\n')).toContain(`"chmod 700 ${directory}"`)
  expect(mend.join('\n')).toContain(`"chmod 600 ${join(directory, 'secrets.json')}"`)
})

test('F4: a damaged store is told', async () => {
  const { directory, env } = await stoppedServer()
  await writeFile(join(directory, 'barbell.json'), '{"format":"barbell-store"')
  const { failed, mend } = await examined(env)
  expect(failed).toBe(true)
  expect(mend).toEqual([expect.stringMatching(/^store: .*is damaged/) as string])
})

test('L5: lost and foreign secrets are told', async () => {
  const { directory, env } = await stoppedServer()
  const other = await stoppedServer()
  const path = join(directory, 'secrets.json')
  await writeFile(path, await readFile(join(other.directory, 'secrets.json')))
  expect((await examined(env)).mend).toEqual([
    expect.stringMatching(/^secrets: .*does not belong to this store/) as string,
  ])
  await rm(path)
  expect((await examined(env)).mend).toEqual([
    expect.stringMatching(/^secrets: secrets.json is missing/) as string,
  ])
})

test('F7: a restore that was interrupted is told, and the newest backup is shown', async () => {
  const { directory, env } = await stoppedServer()
  // The server has made one at its start: this one is newer.
  const clock = { nowMs: () => Date.parse('2096-03-01T12:00:00Z') }
  const { path } = await addToRing({ directory, clock })
  const { text } = await told(env)
  expect(text).toContain(`the newest is ${path}, of 2096-03-01T12:00:00.000Z`)
  await mkdir(join(directory, 'restoring'))
  expect((await examined(env)).mend).toEqual([
    expect.stringMatching(
      /^store: .*restore that was interrupted: run that restore again/,
    ) as string,
  ])
})

test('F7: backups that cannot be restored are not said to be missing, and old ones are told', async () => {
  const { directory, env } = await stoppedServer()
  await rm(join(directory, 'backups'), { recursive: true })
  const longAgo = Date.now() - 3 * 24 * 60 * 60 * 1000
  const { path } = await addToRing({ directory, clock: { nowMs: () => longAgo } })
  expect((await told(env)).text).toMatch(/^note +backups +the newest is .* its log says why/m)
  await writeFile(path, 'no backup')
  const { failed, mend } = await examined(env)
  expect(failed).toBe(true)
  expect(mend).toEqual([expect.stringMatching(/^backups: none of the 1 in .* can be restored/)])
})

test('F2: a lock is told apart by whether somebody holds it', async () => {
  const { directory, env } = await stoppedServer()
  const held = await openLowdbStore({ directory, clock: { nowMs: () => Date.now() } })
  const { mend } = await examined(env)
  await held.close()
  expect(mend).toEqual([expect.stringMatching(/^lock: another process holds /) as string])

  const path = join(directory, 'barbell.json.lock')
  await mkdir(path)
  const aMinuteAgo = Date.now() / 1000 - 60
  await utimes(path, aMinuteAgo, aMinuteAgo)
  const { failed, text } = await told(env)
  expect(failed).toBe(false)
  expect(text).toMatch(/^note +lock +.* was left by a process that was killed/m)
})

test('F2: whoever stands still holds the lock, however old its directory gets', async () => {
  const { directory, env } = await stoppedServer()
  const release = await takeProcessLock(join(directory, processLockName))
  onTestFinished(() => release?.())
  const path = join(directory, 'barbell.json.lock')
  await mkdir(path)
  const aMinuteAgo = Date.now() / 1000 - 60
  await utimes(path, aMinuteAgo, aMinuteAgo)
  const still = /^lock: a process that stands still holds .* let it go on \("kill -CONT"\)/
  expect((await examined(env)).mend).toEqual([expect.stringMatching(still) as string])

  const control = createServer().listen(join(directory, controlSocketName))
  onTestFinished(() => void control.close())
  expect((await examined(env)).mend).toEqual([expect.stringMatching(still) as string])
})

test('F2: of a server that was stopped in good order nothing is left to take away', async () => {
  const { directory, env } = await stoppedServer()
  expect(await readdir(directory)).toContain(processLockName)
  const { text } = await told(env)
  expect(text).toMatch(/^ok +lock +no server runs on this data folder$/m)
  expect(text).not.toContain('killed')
})

test('a clock that is behind what was stored is told', async () => {
  const { directory, env } = await stoppedServer()
  const path = join(directory, 'barbell.json')
  const stored = await readFile(path, 'utf8')
  const tomorrow = Date.now() + 24 * 60 * 60 * 1000
  await writeFile(path, stored.replace(/"createdAtMs":\d+/, `"createdAtMs":${tomorrow}`))
  expect((await examined(env)).mend).toEqual([
    expect.stringMatching(/^clock: .* before what was stored last: set the clock/) as string,
  ])
})

test('a file in place of the folder is told', async () => {
  const path = join(await temporaryDirectory(), 'file')
  await writeFile(path, '')
  const { failed, text } = await told({ BARBELL_DATA_DIR: path })
  expect(failed).toBe(true)
  expect(text).toMatch(/^MEND +data folder +\S+ is no folder: set BARBELL_DATA_DIR\.$/m)
  expect(text).toMatch(/To mend: 2\.$/)
})

test('a database that does not answer is told, without its password', async () => {
  const { env } = await stoppedServer()
  const url = 'postgres://barbell:canary-password@127.0.0.1:1/barbell'
  const { failed, text } = await told({ ...env, DATABASE_URL: url })
  expect(failed).toBe(true)
  expect(text).toMatch(/^MEND +database +.*Check that it runs/m)
  expect(text).not.toContain('canary-password')
})
