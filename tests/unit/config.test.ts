import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { limits } from '#auth/limits.ts'
import { ConfigError, readBuildConfig, readConfig, settings } from '../../src/config.ts'

const folder = mkdtempSync(join(tmpdir(), 'barbell-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The path of a file that holds a text. */
function fileWith(text: string): string {
  const path = join(folder, 'database-url')
  writeFileSync(path, text)
  return path
}

function refusal(env: Record<string, string>): string {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'accepted'
}

describe('defaults', () => {
  test('an empty environment is a server on this machine with all limits', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 4321,
      origin: 'http://localhost:4321',
      secure: false,
      databaseUrl: undefined,
      workers: 1,
      trustedProxies: [],
      limits,
      logLevel: 'info',
      metrics: undefined,
    })
  })

  test('a variable that is set to nothing counts as unset', () => {
    expect(readConfig({ PORT: '', BARBELL_URL: '', BARBELL_LIMITS: '' })).toEqual(readConfig({}))
  })

  test('the public URL follows the port', () => {
    expect(readConfig({ PORT: '8080' }).origin).toBe('http://localhost:8080')
  })

  test('the configuration cannot be changed', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true)
  })

  test('the folder is an absolute path', () => {
    expect(readConfig({ BARBELL_DATA_DIR: './data' }).dataDir).toMatch(/^\/.+\/data$/)
  })

  test('every setting says what it does, what it is by default and what it may be', () => {
    for (const [name, schema] of Object.entries(settings.shape)) {
      expect(schema.meta(), name).toMatchObject({
        setting: {
          effect: expect.stringMatching(/\.$/) as string,
          default: expect.any(String) as string,
          expected: expect.any(String) as string,
        },
      })
    }
  })
})

describe('good values', () => {
  test.each([
    ['https://docs.example', 'https://docs.example', true],
    ['https://docs.example/', 'https://docs.example', true],
    ['https://DOCS.example:443', 'https://docs.example', true],
    ['http://127.0.0.1:4321', 'http://127.0.0.1:4321', false],
    ['http://[::1]:4321', 'http://[::1]:4321', false],
  ])('BARBELL_URL=%s is %s', (text, origin, secure) => {
    expect(readConfig({ BARBELL_URL: text })).toMatchObject({ origin, secure })
  })

  test('BARBELL_LIMITS changes what it names and nothing else', () => {
    const config = readConfig({ BARBELL_LIMITS: 'api_key=5/1, login_account=3/900' })
    expect(config.limits).toEqual({
      ...limits,
      api_key: { limit: 5, windowSeconds: 1 },
      login_account: { limit: 3, windowSeconds: 900 },
    })
  })

  test.each(['127.0.0.1', '127.8.9.10', '::1', 'localhost'])('off is accepted on %s', (host) => {
    expect(readConfig({ HOST: host, BARBELL_LIMITS: 'off' }).limits).toBe('off')
  })

  test('BARBELL_WORKERS is one for a file, and up to 64 with a database', () => {
    const DATABASE_URL = 'postgres://db/barbell'
    expect(readConfig({ BARBELL_WORKERS: '64', DATABASE_URL }).workers).toBe(64)
    expect(readConfig({ BARBELL_WORKERS: '1' }).workers).toBe(1)
  })

  test('DATABASE_URL_FILE is read, and may end with a line break', () => {
    expect(readConfig({ DATABASE_URL_FILE: fileWith('postgres://db/barbell\n') }).databaseUrl).toBe(
      'postgres://db/barbell',
    )
  })

  test('BARBELL_METRICS_PORT serves metrics, on this machine only unless another address is named', () => {
    const BARBELL_METRICS_PORT = '9464'
    expect(readConfig({ BARBELL_METRICS_PORT }).metrics).toEqual({ host: '127.0.0.1', port: 9464 })
    const everywhere = readConfig({ BARBELL_METRICS_PORT, BARBELL_METRICS_HOST: '0.0.0.0' })
    expect(everywhere.metrics).toEqual({ host: '0.0.0.0', port: 9464 })
  })

  test('BARBELL_TRUSTED_PROXIES takes networks and addresses', () => {
    const { trustedProxies } = readConfig({ BARBELL_TRUSTED_PROXIES: '10.0.0.0/8, ::1' })
    expect(trustedProxies.map(({ text }) => text)).toEqual(['10.0.0.0/8', '::1'])
  })
})

describe('bad values', () => {
  test('the message names variable, expectation and value, and says that nothing was started', () => {
    expect(refusal({ BARBELL_URL: 'localhost' })).toBe(
      'BARBELL_URL must be an http(s) origin such as https://docs.example (http only for this machine), got "localhost". Nothing was started.',
    )
  })

  test('every bad variable is named, on one line', () => {
    const message = refusal({ PORT: 'x', LOG_LEVEL: 'loud' })
    expect(message).toMatch(/^PORT must .+ LOG_LEVEL must .+ Nothing was started\.$/)
  })

  test.each([
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['HOST', 'a b'],
    ['HOST', 'http://localhost'],
    ['BARBELL_URL', 'ftp://docs.example'],
    ['BARBELL_URL', 'https://docs.example/path'],
    ['BARBELL_URL', 'https://docs.example?'],
    ['BARBELL_URL', 'https://user@docs.example'],
    ['DATABASE_URL', 'mysql://db'],
    ['DATABASE_URL_FILE', '/nowhere/database-url'],
    ['BARBELL_WORKERS', '0'],
    ['BARBELL_WORKERS', '65'],
    ['BARBELL_WORKERS', '1.5'],
    ['BARBELL_WORKERS', 'auto'],
    ['BARBELL_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['BARBELL_TRUSTED_PROXIES', 'proxy.example'],
    ['BARBELL_TRUSTED_PROXIES', '10.0.0.0/8,,'],
    ['BARBELL_LIMITS', 'api_key'],
    ['BARBELL_LIMITS', 'api_key=0/60'],
    ['BARBELL_LIMITS', 'api_key=5/0'],
    ['BARBELL_LIMITS', 'nothing=5/60'],
    ['BARBELL_LIMITS', '__proto__=5/60'],
    ['BARBELL_LIMITS', 'OFF'],
    ['LOG_LEVEL', 'verbose'],
    ['BARBELL_METRICS_PORT', '0'],
    ['BARBELL_METRICS_PORT', 'on'],
    ['BARBELL_METRICS_HOST', 'a b'],
  ])('%s=%s is refused', (name, value) => {
    expect(refusal({ [name]: value })).toMatch(
      new RegExp(`^${name} must be .+ Nothing was started\\.$`),
    )
  })

  test('C1: plain http is refused for any host but this machine', () => {
    expect(refusal({ BARBELL_URL: 'http://docs.example' })).toMatch(/^BARBELL_URL must be/)
  })

  test('limits cannot be off where others can connect', () => {
    expect(refusal({ HOST: '0.0.0.0', BARBELL_LIMITS: 'off' })).toBe(
      'BARBELL_LIMITS may be "off" only while HOST is a loopback address, and HOST is "0.0.0.0". Nothing was started.',
    )
  })

  test('F12: metrics are refused on the port that everybody reaches', () => {
    expect(refusal({ PORT: '8080', BARBELL_METRICS_PORT: '8080' })).toBe(
      'BARBELL_METRICS_PORT is 8080, and so is PORT: metrics have a port of their own. Choose another one. Nothing was started.',
    )
  })

  test('F2: several processes are refused where accounts are kept in a file', () => {
    expect(refusal({ BARBELL_WORKERS: '4' })).toBe(
      'BARBELL_WORKERS is 4, and without DATABASE_URL accounts are kept in a file, which belongs to one process: set DATABASE_URL, or leave BARBELL_WORKERS out. Nothing was started.',
    )
  })

  test('L1: what is in DATABASE_URL_FILE is not printed', () => {
    const message = refusal({ DATABASE_URL_FILE: fileWith('mysql://user:canary@db') })
    expect(message).toMatch(/^DATABASE_URL_FILE must be the path of a readable file/)
    expect(message).not.toContain('canary')
  })

  test('a database is named once', () => {
    const DATABASE_URL_FILE = fileWith('postgres://db/barbell')
    expect(refusal({ DATABASE_URL: 'postgres://db/barbell', DATABASE_URL_FILE })).toBe(
      'DATABASE_URL and DATABASE_URL_FILE are both set: unset one of them. Nothing was started.',
    )
  })

  test('L1: the password in DATABASE_URL is not printed', () => {
    expect(refusal({ DATABASE_URL: 'mysql://user:canary@db' })).not.toContain('canary')
  })
})

describe('the build', () => {
  test('offers no link to the source unless it is told where that is', () => {
    expect(readBuildConfig({}).editUrl).toBeUndefined()
    const editUrl = 'https://github.com/team/docs/edit/main'
    expect(readBuildConfig({ BARBELL_EDIT_URL: editUrl })).toEqual({ editUrl })
  })

  test.each(['javascript:alert(1)', 'github.com/team/docs', '/docs'])(
    'does not link to %s',
    (url) => {
      expect(() => readBuildConfig({ BARBELL_EDIT_URL: url })).toThrow(
        /^BARBELL_EDIT_URL must be an http\(s\) URL/,
      )
    },
  )

  test('goes by no setting of the server', () => {
    expect(() => readBuildConfig({ PORT: 'none' })).not.toThrow()
  })
})
