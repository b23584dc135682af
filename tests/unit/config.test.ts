import { describe, expect, test } from 'vitest'
import { limits } from '#auth/limits.ts'
import { ConfigError, readConfig, settings } from '../../src/config.ts'

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
      trustedProxies: [],
      limits,
      logLevel: 'info',
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

  test('L1: the password in DATABASE_URL is not printed', () => {
    expect(refusal({ DATABASE_URL: 'mysql://user:canary@db' })).not.toContain('canary')
  })
})
