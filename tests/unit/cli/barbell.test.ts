import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { operator } from '#auth/audit.ts'
import { compose } from '../../../src/compose.ts'
import { readConfig } from '../../../src/config.ts'
import { call } from '../../support/call.ts'
import { registered, signedInCookie } from '../../support/readers.ts'
import { startServer, type TestServer } from '../../support/server.ts'

const entry = fileURLToPath(new URL('../../../src/cli/barbell.ts', import.meta.url))

interface Ended {
  status: number
  stdout: string
  stderr: string
}

/** Gives a command as a shell would. */
function barbell(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const whole = { ...process.env, ...env }
    execFile(process.execPath, [entry, ...args], { env: whole }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-cli-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

function newKeyOf({ stdout }: Ended): string | undefined {
  return /signed with the key (\S+)\.\n/.exec(stdout)?.[1]
}

test('help says what there is, and is no mistake', async () => {
  const { status, stdout, stderr } = await barbell(['help'])
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^Usage: npm run barbell -- COMMAND\n/)
  expect(stdout).toContain('signing-key rotate')
  expect(stdout).toContain('signing-key drop')
})

test.each([
  ['', []],
  ['"reboot"', ['reboot']],
  ['"constructor"', ['constructor']],
  ['"signing-key"', ['signing-key']],
  ['"signing-key toString"', ['signing-key', 'toString']],
  ['"signing-key drop now"', ['signing-key', 'drop', 'now']],
])('%s is not understood: status 2, with the help', async (given, args) => {
  const { status, stdout, stderr } = await barbell(args)
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toContain(given === '' ? 'A command is needed.' : `There is no command ${given}.`)
  expect(stderr).toContain('Usage: npm run barbell')
})

test('a folder that is no server’s is told and left empty', async () => {
  const directory = await temporaryDirectory()
  const { status, stderr } = await barbell(['signing-key', 'rotate'], {
    BARBELL_DATA_DIR: directory,
  })
  expect(status).toBe(1)
  expect(stderr).toContain(`${directory} is no data folder of a server`)
  expect(stderr).not.toContain('    at ')
  expect(await readdir(directory)).toEqual([])
})

test('a setting that cannot be is told', async () => {
  const { status, stderr } = await barbell(['signing-key', 'rotate'], { LOG_LEVEL: 'loud' })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^LOG_LEVEL must be one of .*\n$/)
})

describe('while the server runs', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())

  function signingKey(action: string): Promise<Ended> {
    return barbell(['signing-key', action], { BARBELL_DATA_DIR: server.barbell.config.dataDir })
  }

  async function kids(): Promise<unknown[]> {
    const { json } = await call(`${server.url}/.well-known/jwks.json`)
    return (json['keys'] as { kid: string }[]).map(({ kid }) => kid)
  }

  async function statusWith(cookie: string): Promise<number> {
    return (await call(`${server.url}/internal/v1/batches`, { headers: { cookie } })).status
  }

  test('T8: rotate gives it a new key, drop takes all tokens away, and nothing is restarted', async () => {
    const reader = await registered(server.url)
    const cookie = await signedInCookie(server.url, reader)
    const before = await kids()
    const rotated = await signingKey('rotate')
    expect([rotated.status, rotated.stderr]).toEqual([0, ''])
    expect(await kids()).toEqual([newKeyOf(rotated), ...before])
    expect(await statusWith(cookie)).toBe(200)

    const dropped = await signingKey('drop')
    expect(dropped.status).toBe(0)
    expect(dropped.stdout).toContain('everybody has to sign in again')
    expect(await kids()).toEqual([newKeyOf(dropped)])
    expect(await statusWith(cookie)).toBe(401)
    expect(await statusWith(await signedInCookie(server.url, reader))).toBe(200)
  })

  test('L3: the log has a line of each command', async () => {
    const rotated = await signingKey('rotate')
    const lines = server.logLines.filter((line) => line.includes('"command":"signing-key rotate"'))
    expect(lines.at(-1)).toContain(`"keyId":"${newKeyOf(rotated) ?? 'none'}"`)
  })
})

test('T8: without a server the folder itself is changed, and the next server goes on with it', async () => {
  const directory = await temporaryDirectory()
  const env = { BARBELL_DATA_DIR: directory, LOG_LEVEL: 'silent' }
  const start = () => compose(readConfig(env), { passwordCost: 4 })
  await (await start()).close()
  const rotated = await barbell(['signing-key', 'rotate'], env)
  expect([rotated.status, rotated.stderr]).toEqual([0, ''])

  const server = await start()
  onTestFinished(() => server.close())
  const [current, ...retired] = server.auth.publicKeys().keys
  expect(current?.kid).toBe(newKeyOf(rotated))
  expect(retired).toHaveLength(1)
  await server.auth.rotateSigningKey(operator)
})

test('a server whose folder can hold no socket runs without, and says so', async () => {
  const directory = join(await temporaryDirectory(), 'x'.repeat(120))
  const lines: string[] = []
  const server = await compose(readConfig({ BARBELL_DATA_DIR: directory }), {
    passwordCost: 4,
    logDestination: { write: (line) => void lines.push(line) },
  })
  await server.close()
  expect(lines.join('')).toContain('no commands are taken while this server runs')
})
