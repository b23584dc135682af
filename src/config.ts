import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { type LimitName, type LimitRule, limits } from '#auth/limits.ts'
import { isLoopbackHost, parseNetwork, type Network } from '#api/ip-address.ts'

/** How many calls each limit allows, or `off` for none at all. */
export type LimitRules = Readonly<Record<LimitName, LimitRule>>

/** The environment, understood. */
export interface Config {
  readonly host: string
  readonly port: number
  /** The public origin without a slash at its end, such as `https://docs.example`. */
  readonly origin: string
  /** Whether the public origin is https: cookies get `Secure`, answers get HSTS. */
  readonly secure: boolean
  /** Absolute path. */
  readonly dataDir: string
  /** A PostgreSQL URL with its password in it: never logged. */
  readonly databaseUrl: string | undefined
  /** Processes that answer requests. More than one only with a database. */
  readonly workers: number
  readonly trustedProxies: readonly Network[]
  readonly limits: LimitRules | 'off'
  readonly logLevel: LogLevel
  /** Where metrics are served; undefined serves none. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined
}

/** From everything to nothing. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** The environment holds a value that cannot be. The message names variable, expectation and value. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`${problems.join(' ')} Nothing was started.`)
    this.name = 'ConfigError'
  }
}

/** What a setting is, for people: the operator page is made from it. */
export interface SettingNote {
  /** What it does, in a sentence or two. */
  effect: string
  /** The default as it is written in the documentation. */
  default: string
  /** What a good value is; completes "NAME must be ...". */
  expected: string
  /** Its value is never printed. */
  secret?: boolean
}

const hostShape = /^(?:[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+)$/
const limitShape = /^([a-z_]+)=([1-9]\d{0,9})\/([1-9]\d{0,6})$/
const limitNames = Object.keys(limits) as LimitName[]

/** One setting: the text of the variable to its value, with its note. A text that cannot be is an issue. */
function setting<T>(note: SettingNote, read: (text: string | undefined) => T | undefined) {
  return z
    .string()
    .optional()
    .transform((text, context): T => {
      const value = read(text === '' ? undefined : text)
      if (value !== undefined) return value
      const got = note.secret === true ? 'something else' : JSON.stringify(text)
      context.addIssue({ code: 'custom', message: `must be ${note.expected}, got ${got}.` })
      return z.NEVER
    })
    .meta({ setting: note })
}

/** Every variable that is read, with what it does. An empty variable counts as unset. */
export const settings = z.object({
  HOST: setting(
    {
      effect: 'Address to listen on. `0.0.0.0` listens on all IPv4 addresses, `::` on all.',
      default: '127.0.0.1',
      expected: 'a host name or an IP address such as 127.0.0.1',
    },
    (text = '127.0.0.1') => (hostShape.test(text) ? text : undefined),
  ),
  PORT: setting(
    {
      effect: 'TCP port to listen on.',
      default: '4321',
      expected: 'a port from 1 to 65535',
    },
    (text = '4321') => readPort(text),
  ),
  BARBELL_URL: setting(
    {
      effect:
        'The address in the readers’ browsers. Links, samples, the `Secure` of cookies and the check ' +
        'of where a request comes from go by it, never by a header of the request.',
      default: 'http://localhost:$PORT',
      expected: 'an http(s) origin such as https://docs.example (http only for this machine)',
    },
    (text) => (text === undefined ? null : readOrigin(text)),
  ),
  BARBELL_DATA_DIR: setting(
    {
      effect: 'Folder of accounts, keys and secrets, made with mode 0700. One process at a time.',
      default: './data',
      expected: 'the path of a folder',
    },
    (text = './data') => (text.includes('\0') ? undefined : resolve(text)),
  ),
  DATABASE_URL: setting(
    {
      effect: 'Keeps accounts and keys in PostgreSQL instead of a file.',
      default: 'not set',
      expected: 'a URL such as postgres://user:password@host:5432/name',
      secret: true,
    },
    (text) => (text === undefined ? null : readDatabaseUrl(text)),
  ),
  DATABASE_URL_FILE: setting(
    {
      effect:
        'A file that holds what `DATABASE_URL` would: the environment of a process is easier to see than a file.',
      default: 'not set',
      expected:
        'the path of a readable file that holds a URL such as postgres://user:password@host:5432/name',
    },
    (text) => (text === undefined ? null : readDatabaseUrlFile(text)),
  ),
  BARBELL_WORKERS: setting(
    {
      effect:
        'Processes that answer requests on the one port, about as many as there are processor cores. ' +
        'More than one needs `DATABASE_URL`: a file belongs to one process.',
      default: '1',
      expected: 'a whole number from 1 to 64',
    },
    (text = '1') => (/^[1-9]\d?$/.test(text) && +text <= 64 ? +text : undefined),
  ),
  BARBELL_TRUSTED_PROXIES: setting(
    {
      effect:
        'Networks of the proxies in front of this server, separated by commas. Only they are believed ' +
        'about the address of the client, in `X-Forwarded-For`.',
      default: 'not set',
      expected: 'networks such as 10.0.0.0/8,fd00::/8',
    },
    (text) => readNetworks(text),
  ),
  BARBELL_LIMITS: setting(
    {
      effect:
        'Other limits than the defaults, `name=calls/seconds`, separated by commas. `off` switches all ' +
        'of them off and is accepted only while `HOST` is a loopback address.',
      default: 'not set',
      expected: `"off" or a list such as api_key=1200/60, of the names ${limitNames.join(', ')}`,
    },
    (text) => readLimits(text),
  ),
  LOG_LEVEL: setting(
    {
      effect: 'The least severe lines that are logged. One line per request at `info`.',
      default: 'info',
      expected: `one of ${logLevels.join(', ')}`,
    },
    (text = 'info') => logLevels.find((level) => level === text),
  ),
  BARBELL_METRICS_PORT: setting(
    {
      effect: 'Serves metrics for Prometheus at `/metrics` on this port of its own.',
      default: 'not set',
      expected: 'a port from 1 to 65535',
    },
    (text) => (text === undefined ? null : readPort(text)),
  ),
  BARBELL_METRICS_HOST: setting(
    {
      effect: 'Address at which metrics are served. Whoever can connect there can read them.',
      default: '127.0.0.1',
      expected: 'a host name or an IP address such as 127.0.0.1',
    },
    (text = '127.0.0.1') => (hostShape.test(text) ? text : undefined),
  ),
  BARBELL_EDIT_URL: setting(
    {
      effect:
        'The folder on the web in which the source of this site is edited. Each page then links to its own file ' +
        'there. Read when the site is built, not at start.',
      default: 'not set',
      expected: 'an http(s) URL such as https://github.com/team/docs/edit/main',
    },
    (text) => (text === undefined ? null : readWebUrl(text)),
  ),
})

/** What the build goes by. */
export interface BuildConfig {
  /** To which the path of a page's file is added; undefined offers no link. */
  readonly editUrl: string | undefined
}

/** Reads the settings of the build, and no others. @throws {ConfigError} */
export function readBuildConfig(env: Readonly<Record<string, string | undefined>>): BuildConfig {
  const { BARBELL_EDIT_URL } = readOrRefuse(settings.pick({ BARBELL_EDIT_URL: true }), env)
  return Object.freeze({ editUrl: BARBELL_EDIT_URL ?? undefined })
}

/**
 * Reads the settings, once, at start.
 * @param env such as `process.env`; variables that are no settings are ignored
 * @throws {ConfigError} naming every variable that is wrong
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const { HOST, PORT, BARBELL_URL, BARBELL_LIMITS, ...rest } = readOrRefuse(settings, env)
  if (BARBELL_LIMITS === 'off' && !isLoopbackHost(HOST)) {
    throw new ConfigError([
      `BARBELL_LIMITS may be "off" only while HOST is a loopback address, and HOST is "${HOST}".`,
    ])
  }
  if (rest.DATABASE_URL !== null && rest.DATABASE_URL_FILE !== null) {
    throw new ConfigError(['DATABASE_URL and DATABASE_URL_FILE are both set: unset one of them.'])
  }
  const databaseUrl = rest.DATABASE_URL ?? rest.DATABASE_URL_FILE ?? undefined
  if (rest.BARBELL_WORKERS > 1 && databaseUrl === undefined) {
    throw new ConfigError([
      `BARBELL_WORKERS is ${rest.BARBELL_WORKERS}, and without DATABASE_URL accounts are kept in a file, ` +
        'which belongs to one process: set DATABASE_URL, or leave BARBELL_WORKERS out.',
    ])
  }
  if (rest.BARBELL_METRICS_PORT === PORT) {
    throw new ConfigError([
      `BARBELL_METRICS_PORT is ${PORT}, and so is PORT: metrics have a port of their own. Choose another one.`,
    ])
  }
  const origin = BARBELL_URL ?? `http://localhost:${PORT}`
  return Object.freeze({
    host: HOST,
    port: PORT,
    origin,
    secure: origin.startsWith('https:'),
    dataDir: rest.BARBELL_DATA_DIR,
    databaseUrl,
    workers: rest.BARBELL_WORKERS,
    trustedProxies: rest.BARBELL_TRUSTED_PROXIES,
    limits: BARBELL_LIMITS,
    logLevel: rest.LOG_LEVEL,
    metrics:
      rest.BARBELL_METRICS_PORT === null
        ? undefined
        : { host: rest.BARBELL_METRICS_HOST, port: rest.BARBELL_METRICS_PORT },
  })
}

function readOrRefuse<Read>(schema: z.ZodType<Read>, env: unknown): Read {
  const read = schema.safeParse(env)
  if (read.success) return read.data
  throw new ConfigError(
    read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`),
  )
}

function readPort(text: string): number | undefined {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined
}

/** Plain http is for this machine only: elsewhere the cookie would travel in the clear. */
function readOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const isBare = url.href === `${url.origin}/` && !/[?#]$/.test(text)
  const isSafe =
    url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
  return isBare && isSafe ? url.origin : undefined
}

function readWebUrl(text: string): string | undefined {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '') ? text : undefined
}

function readDatabaseUrl(text: string): string | undefined {
  const isPostgres = URL.canParse(text) && /^postgres(?:ql)?:$/.test(new URL(text).protocol)
  return isPostgres ? text : undefined
}

function readDatabaseUrlFile(path: string): string | undefined {
  try {
    return readDatabaseUrl(readFileSync(path, 'utf8').trim())
  } catch {
    return undefined
  }
}

function readNetworks(text: string | undefined): readonly Network[] | undefined {
  const networks: Network[] = []
  for (const part of listed(text)) {
    const network = parseNetwork(part)
    if (network === undefined) return undefined
    networks.push(network)
  }
  return Object.freeze(networks)
}

function readLimits(text: string | undefined): LimitRules | 'off' | undefined {
  if (text === 'off') return text
  const rules: Record<LimitName, LimitRule> = { ...limits }
  for (const part of listed(text)) {
    const [, name, calls, seconds] = limitShape.exec(part) ?? []
    const known = limitNames.find((candidate) => candidate === name)
    if (known === undefined) return undefined
    rules[known] = { limit: Number(calls), windowSeconds: Number(seconds) }
  }
  return Object.freeze(rules)
}

function listed(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').map((part) => part.trim())
}
