import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { operator } from '#auth/audit.ts'
import { compose } from '../../../src/compose.ts'
import { readConfig } from '../../../src/config.ts'
import { barbell, barbellProcess, type Ended } from '../../support/barbell-command.ts'
import { type Answer, call } from '../../support/call.ts'
import { registered, sandboxed, signedInCookie } from '../../support/readers.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { stoppedServer, temporaryDirectory } from './stopped-server.ts'

function newKeyOf({ stdout }: Ended): string | undefined {
  return /signed with the key (\S+)\.\n/.exec(stdout)?.[1]
}

test('help says what there is, and is no mistake', async () => {
  for (const args of [['help'], ['--help'], ['-h']]) {
    const { status, stdout, stderr } = await barbell(args)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Usage: npm run barbell -- COMMAND\n/)
    for (const name of [
      'account add NAME',
      'key revoke NAME KEY_ID',
      'signing-key drop',
      'doctor',
    ]) {
      expect(stdout).toContain(`  ${name}  `)
    }
  }
})

test('help of a command says what it takes; a first word alone, which there are', async () => {
  const asked = await barbell(['help', 'account', 'reset-password'])
  expect(asked).toMatchObject({ status: 0, stderr: '' })
  expect(asked.stdout).toMatch(
    /^Usage: npm run barbell -- account reset-password NAME \[OPTIONS\]\n/,
  )
  expect(asked.stdout).toContain('--password-stdin')
  expect(asked.stdout).toContain('--revoke-keys')
  expect(await barbell(['account', 'reset-password', '--help'])).toEqual(asked)

  const { status, stdout } = await barbell(['help', 'key'])
  expect(status).toBe(0)
  expect(stdout).toContain('key list NAME')
  expect(stdout).not.toContain('account add')
})

test.each([
  ['A command is needed.', []],
  ['There is no command "reboot".', ['reboot']],
  ['There is no command "reboot".', ['help', 'reboot']],
  ['There is no command "constructor".', ['constructor']],
  ['There is no command "signing-key".', ['signing-key']],
  ['There is no command "signing-key toString".', ['signing-key', 'toString']],
  ['signing-key drop cannot do anything with "now".', ['signing-key', 'drop', 'now']],
  ['key revoke needs KEY_ID as well.', ['key', 'revoke', 'ada']],
  ["account add: Unknown option '--password'", ['account', 'add', 'ada', '--password', 'x']],
  ['migrate-store needs --to postgres or --to lowdb.', ['migrate-store', '--to', 'mongodb']],
])('not understood, status 2, with the help: %s', async (message, args) => {
  const { status, stdout, stderr } = await barbell(args)
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toContain(message)
  expect(stderr).toContain('Usage: npm run barbell')
})

test('as a program it has the exit status, and its two outputs', async () => {
  const failed = await barbellProcess(['doctor'], { env: { PORT: 'http' } })
  expect([failed.status, failed.stderr]).toEqual([1, ''])
  expect(failed.stdout).toContain('MEND  configuration  PORT must be a port')
  const unknown = await barbellProcess(['reboot'])
  expect([unknown.status, unknown.stdout]).toEqual([2, ''])
  expect(unknown.stderr).toContain('There is no command "reboot".')
})

test('a folder that is no server’s is told and left empty', async () => {
  const directory = await temporaryDirectory()
  const { status, stderr } = await barbell(['signing-key', 'rotate'], {
    env: { BARBELL_DATA_DIR: directory },
  })
  expect(status).toBe(1)
  expect(stderr).toContain(`${directory} is no data folder of a server`)
  expect(stderr).not.toContain('    at ')
  expect(await readdir(directory)).toEqual([])
})

test('a setting that cannot be is told', async () => {
  const { status, stderr } = await barbell(['signing-key', 'rotate'], {
    env: { LOG_LEVEL: 'loud' },
  })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^LOG_LEVEL must be one of .*\n$/)
})

describe('while the server runs', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())

  function give(args: readonly string[], input = ''): Promise<Ended> {
    return barbell(args, { env: { BARBELL_DATA_DIR: server.barbell.config.dataDir }, input })
  }

  function signingKey(...words: string[]): Promise<Ended> {
    return give(['signing-key', ...words])
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

    const dropped = await signingKey('drop', '--yes')
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

  test('L1: an account is opened with a random password, which is shown once and never logged', async () => {
    const added = await give(['account', 'add', 'Grace'])
    expect(added).toMatchObject({ status: 0, stderr: '' })
    const password = shownPassword(added)
    expect(password).toHaveLength(24)
    await signedInCookie(server.url, { username: 'grace', password })
    const log = server.logLines.join('')
    expect(log).toContain('"command":"account add"')
    expect(log).not.toContain(password)

    const again = await give(['account', 'add', 'GRACE'])
    expect(again).toEqual({
      status: 1,
      stdout: '',
      stderr: 'There is an account "GRACE" already.\n',
    })
  })

  test('a password that is piped in is taken less its line end, and never shown', async () => {
    const password = 'a quiet frozen lake '
    const added = await barbellProcess(['account', 'add', 'piped', '--password-stdin'], {
      env: { BARBELL_DATA_DIR: server.barbell.config.dataDir },
      input: `${password}\n`,
    })
    expect(added).toMatchObject({ status: 0, stderr: '' })
    expect(added.stdout).not.toContain('lake')
    await signedInCookie(server.url, { username: 'piped', password })

    const weak = await give(['account', 'add', 'weak', '--password-stdin'], 'password1\n')
    expect(weak.status).toBe(1)
    expect(weak.stderr).toContain('one of the most common passwords')
    const long = await give(['account', 'add', 'long', '--password-stdin'], 'x'.repeat(10_000))
    expect(long).toMatchObject({
      status: 1,
      stderr: 'The password on standard input is too long.\n',
    })
  })

  test('K5: a disabled account is refused with the very answers of an unknown one', async () => {
    const { username, password, apiKey } = await sandboxed(server.url)
    const cookie = await signedInCookie(server.url, { username, password })
    expect(await give(['account', 'disable', username])).toMatchObject({ status: 0, stderr: '' })

    const withKey = (key: string) =>
      call(`${server.url}/api/v1/stats`, { headers: { 'x-api-auth': key } })
    const signIn = (name: string) =>
      call(`${server.url}/auth/v1/token`, { body: { username: name, password } })
    const pairs = [
      [await withKey(apiKey), await withKey(`nobody:${apiKey.slice(-16)}`)],
      [await signIn(username), await signIn('nobody')],
    ] as const
    for (const [disabled, unknown] of pairs) {
      expect(disabled.status).toBeGreaterThanOrEqual(400)
      expect(comparable(disabled)).toEqual(comparable(unknown))
    }
    expect(await statusWith(cookie)).toBe(401)

    expect(await give(['account', 'enable', username])).toMatchObject({ status: 0, stderr: '' })
    expect((await withKey(apiKey)).status).toBe(200)
    expect(await statusWith(cookie)).toBe(401)
  })

  test('accounts are listed as a table and as JSON, sandbox accounts only if asked', async () => {
    const reader = await registered(server.url)
    const sandbox = await sandboxed(server.url)
    const table = await give(['account', 'list'])
    expect(table.stdout).toMatch(/^NAME +KIND +CREATED +ID\n/)
    expect(table.stdout).toContain(reader.username)
    expect(table.stdout).not.toContain(sandbox.username)

    const listed = await give(['account', 'list', '--all', '--json'])
    const accounts = JSON.parse(listed.stdout) as Record<string, unknown>[]
    const mine = accounts.find(({ username }) => username === sandbox.username)
    expect(Object.keys(mine ?? {})).toEqual([
      'id',
      'username',
      'kind',
      'created_at',
      'expires_at',
      'disabled_at',
    ])
    expect(accounts.some(({ username }) => username === reader.username)).toBe(true)
  })

  test('K11: a key is listed without itself, and revoked from the next request on', async () => {
    const { username, apiKey } = await sandboxed(server.url)
    const ping = async () =>
      (await call(`${server.url}/api/v1/stats`, { headers: { 'x-api-auth': apiKey } })).status
    expect(await ping()).toBe(200)
    const listed = await give(['key', 'list', username, '--json'])
    const [key] = JSON.parse(listed.stdout) as { id: string; hint: string }[]
    expect(key?.hint).toBe(apiKey.slice(-4))
    expect(listed.stdout).not.toContain(apiKey.slice(-16))
    expect((await give(['key', 'revoke', username, key?.id ?? ''])).status).toBe(0)
    expect(await ping()).toBe(401)
    expect((await give(['key', 'revoke', username, key?.id ?? ''])).status).toBe(1)
    expect((await give(['key', 'list', username])).stdout).toBe('The account has no valid key.\n')
  })

  test('U11: a password is reset, and every session is over', async () => {
    const reader = await registered(server.url)
    const cookie = await signedInCookie(server.url, reader)
    const reset = await give(['account', 'reset-password', reader.username, '--revoke-keys'])
    expect(reset).toMatchObject({ status: 0, stderr: '' })
    expect(await statusWith(cookie)).toBe(401)
    await signedInCookie(server.url, { ...reader, password: shownPassword(reset) })
  })

  test('what cannot be undone is not done without --yes where nobody can be asked', async () => {
    const reader = await registered(server.url)
    const cookie = await signedInCookie(server.url, reader)
    const asked = await give(['account', 'delete', reader.username])
    expect([asked.status, asked.stdout]).toEqual([1, ''])
    expect(asked.stderr).toContain('give --yes as well if it is meant')
    expect((await signingKey('drop')).stderr).toContain('--yes')
    expect(await statusWith(cookie)).toBe(200)

    expect((await give(['account', 'delete', reader.username, '--yes'])).status).toBe(0)
    expect(await statusWith(cookie)).toBe(401)
    const gone = await give(['account', 'delete', reader.username, '--yes'])
    expect(gone.stderr).toContain(`There is no account "${reader.username}"`)
  })

  test('a backup is made of the running server, and a restore is refused beside it', async () => {
    const file = join(await temporaryDirectory(), 'server.backup')
    const made = await give(['backup', file])
    expect(made).toMatchObject({ status: 0, stderr: '' })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const refused = await give(['restore', file, '--yes'])
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('stop it first')
  })

  test('doctor finds nothing to mend, and says that the server runs', async () => {
    const { status, stdout, stderr } = await give(['doctor'])
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^ok +server +runs and takes commands$/m)
    expect(stdout).toContain('Nothing has to be mended.')
  })
})

function shownPassword({ stdout }: Ended): string {
  return /The password, which is shown this once only: (\S+)\n/.exec(stdout)?.[1] ?? ''
}

/** An answer less what differs from request to request. */
function comparable({ status, headers, text }: Answer): unknown {
  const alike = Object.entries(headers).filter(([name]) => !['date', 'x-request-id'].includes(name))
  return { status, alike, text: text.replace(/"request_id":"[^"]*"/, '') }
}

test('T8: without a server the folder itself is changed, and the next server goes on with it', async () => {
  const directory = await temporaryDirectory()
  const env = { BARBELL_DATA_DIR: directory, LOG_LEVEL: 'silent' }
  const start = () => compose(readConfig(env), { passwordCost: 4 })
  await (await start()).close()
  const rotated = await barbell(['signing-key', 'rotate'], { env })
  expect([rotated.status, rotated.stderr]).toEqual([0, ''])

  const server = await start()
  onTestFinished(() => server.close())
  const [current, ...retired] = (await server.auth.publicKeys()).keys
  expect(current?.kid).toBe(newKeyOf(rotated))
  expect(retired).toHaveLength(1)
  await server.auth.rotateSigningKey(operator)
})

test('F7: what a backup holds is put back, and what it replaces is kept', async () => {
  const { directory, env } = await stoppedServer()
  const file = join(await temporaryDirectory(), 'before.backup')
  const made = await barbell(['backup', file], { env })
  expect(made).toMatchObject({ status: 0, stderr: '' })
  expect(made.stdout).toContain('secrets.json')
  expect((await barbell(['backup', file], { env })).stderr).toContain('exists already')
  await barbell(['account', 'delete', 'ada', '--yes'], { env })
  expect((await barbell(['account', 'list'], { env })).stdout).toBe('There are no accounts.\n')

  expect((await barbell(['restore', file], { env })).stderr).toContain('--yes')
  const restored = await barbell(['restore', file, '--yes'], { env })
  expect(restored).toMatchObject({ status: 0, stderr: '' })
  expect((await barbell(['account', 'list'], { env })).stdout).toContain('ada')
  const aside = /kept in (\S+)\.\n$/.exec(restored.stdout)?.[1] ?? ''
  expect(await readFile(join(aside, 'barbell.json'), 'utf8')).not.toContain('"ada"')
  expect(await readFile(join(directory, 'barbell.json'), 'utf8')).toContain('"ada"')
})

test('F4: a backup that is damaged, or none at all, changes nothing', async () => {
  const { directory, env } = await stoppedServer()
  const before = await readFile(join(directory, 'barbell.json'), 'utf8')
  const file = join(directory, 'torn.backup')
  await barbell(['backup', file], { env })
  await writeFile(file, (await readFile(file)).subarray(0, -20))
  for (const path of [file, join(directory, 'none.backup')]) {
    const { status, stderr } = await barbell(['restore', path, '--yes'], { env })
    expect(status).toBe(1)
    expect(stderr).toContain(path)
    expect(stderr).not.toContain('    at ')
  }
  expect(await readFile(join(directory, 'barbell.json'), 'utf8')).toBe(before)
})

test.each(['-', '/dev/stdin'])(
  'F4: a backup that is piped in as %s is told to be put into a file',
  async (path) => {
    const { directory, env } = await stoppedServer()
    const before = await readdir(directory)
    const { status, stderr } = await barbellProcess(['restore', path, '--yes'], { env, input: 'x' })
    expect(status).toBe(1)
    expect(stderr).toContain('put it into a file first')
    expect(await readdir(directory)).toEqual(before)
  },
)

test.each([
  ['account', 'add', 'grace'],
  ['restore', 'a.backup', '--yes'],
  ['migrate-store', '--to', 'postgres', '--yes'],
])('F6: %s as another user leaves nothing that the server cannot read', async (...args) => {
  const { directory, env } = await stoppedServer()
  const file = join(directory, 'a.backup')
  await barbell(['backup', file], { env })
  const before = await readFile(join(directory, 'barbell.json'), 'utf8')
  const otherUid = (process.getuid?.() ?? 0) + 1
  vi.spyOn(process, 'getuid').mockReturnValue(otherUid)
  onTestFinished(() => void vi.restoreAllMocks())
  const words = args.map((word) => (word === 'a.backup' ? file : word))
  const DATABASE_URL = args[0] === 'migrate-store' ? 'postgres://nobody@127.0.0.1:1/none' : ''
  const { status, stderr } = await barbell(words, { env: { ...env, DATABASE_URL } })
  expect(status).toBe(1)
  expect(stderr).toContain(`this runs as user ${otherUid}`)
  expect(stderr).toMatch(/Give the command as that user: .* Nothing was changed\.\n$/)
  expect(await readFile(join(directory, 'barbell.json'), 'utf8')).toBe(before)
})

test('a path is meant from where npm was called', async () => {
  const { env } = await stoppedServer()
  const INIT_CWD = await temporaryDirectory()
  const { status } = await barbellProcess(['backup', 'here.backup'], { env: { ...env, INIT_CWD } })
  expect([status, await readdir(INIT_CWD)]).toEqual([0, ['here.backup']])
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
