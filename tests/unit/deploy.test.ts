import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { rootDocuments } from '#api/root-documents.ts'
import { serverFlags } from '../../src/build/server-flags.mjs'
import { readConfig, settings } from '../../src/config.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'barbell-deploy-'))
afterAll(() => rmSync(folder, { recursive: true }))

const defaultPort = 4321
const settingNames = Object.keys(settings.shape)
/** Variables that are Node's own. */
const nodeNames = ['NODE_ENV', 'ASTRO_TELEMETRY_DISABLED']

function read(name: string): string {
  return readFileSync(join(root, 'deploy', name), 'utf8')
}

/** Every setting that is meant is one that there is. */
function expectSettings(names: readonly string[]): void {
  expect(names.length).toBeGreaterThan(0)
  expect(names.filter((name) => ![...settingNames, ...nodeNames].includes(name))).toEqual([])
}

/** Names of variables in the comments and lines of a file that look like ours. */
function mentionedSettings(text: string): string[] {
  return [...text.matchAll(/\b(BARBELL_[A-Z_]+|DATABASE_URL(?:_FILE)?)\b/g)].map(
    ([, name = '']) => name,
  )
}

/** The instructions of a Dockerfile, with continued lines joined. */
function instructions(): { word: string; rest: string }[] {
  return read('Dockerfile')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => /^(\w+)\s+(.*)$/.exec(line) ?? [])
    .map(([, word = '', rest = '']) => ({ word, rest }))
}

function restOf(word: string): string[] {
  return instructions()
    .filter((each) => each.word === word)
    .map(({ rest }) => rest)
}

describe('the image', () => {
  test('copies only what is there, and what the ignore file lets through', () => {
    const copied = restOf('COPY')
      .filter((rest) => !rest.startsWith('--from'))
      .flatMap((rest) => rest.split(' ').slice(0, -1))
    expect(copied.length).toBeGreaterThan(5)
    const allowed = read('Dockerfile.dockerignore').split('\n')
    for (const path of copied) {
      expect(existsSync(join(root, path)), path).toBe(true)
      expect(allowed, path).toContain(`!${path.replace('./', '')}`)
    }
    expect(allowed).toContain('*')
  })

  test('L4: neither data nor secrets nor history can get into it', () => {
    const allowed = read('Dockerfile.dockerignore').match(/^!.*$/gm)
    expect(allowed?.toSorted()).toEqual([
      '!astro.config.mjs',
      '!content',
      '!ec.config.mjs',
      '!package-lock.json',
      '!package.json',
      '!public',
      '!src',
      '!tsconfig.json',
    ])
  })

  test('sets settings that there are, to values that the server takes', () => {
    const pairs = restOf('ENV').flatMap((rest) => rest.split(/\s+/))
    const variables = Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]))
    expectSettings(Object.keys(variables))
    expect(readConfig(variables)).toMatchObject({ host: '0.0.0.0', port: defaultPort })
    expect(restOf('EXPOSE')).toEqual([String(defaultPort)])
    expect(restOf('VOLUME')).toEqual([variables['BARBELL_DATA_DIR']])
  })

  test('runs on the Node that the project pins', () => {
    const manifest = z
      .object({ dependencies: z.object({ node: z.string() }) })
      .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
    const bases = restOf('FROM')
    expect(bases.length).toBe(3)
    for (const base of bases) expect(base).toContain(`node:${manifest.dependencies.node}-`)
  })

  test('ends up as another user than root, with the server as its first process', () => {
    const order = instructions().map(({ word }) => word)
    expect(restOf('USER')).toEqual(['node'])
    expect(order.lastIndexOf('USER')).toBeLessThan(order.lastIndexOf('CMD'))
    expect(restOf('CMD')).toEqual([
      JSON.stringify(['node', ...serverFlags, 'dist/server/entry.mjs']).replaceAll(',', ', '),
    ])
  })

  test('asks a path for its health that there is', () => {
    const [, path] = /127\.0\.0\.1:\$\{process\.env\.PORT\}(\/\w+)/.exec(
      restOf('HEALTHCHECK')[0] ?? '',
    ) ?? ['', 'none']
    const paths = rootDocuments('', 'https://docs.example.org').map((endpoint) => endpoint.path)
    expect(paths).toContain(path)
  })
})

describe('compose.yaml', () => {
  const service = z.looseObject({
    environment: z.record(z.string(), z.string()),
    secrets: z.array(z.string()),
    read_only: z.literal(true),
    cap_drop: z.tuple([z.literal('ALL')]),
    security_opt: z.tuple([z.literal('no-new-privileges:true')]),
    ports: z.array(z.string()).optional(),
    volumes: z.array(z.string()),
  })
  const shape = z.object({
    services: z.object({
      server: service.extend({
        build: z.object({ context: z.string(), dockerfile: z.string() }),
        depends_on: z.object({
          database: z.object({ condition: z.literal('service_healthy') }),
        }),
      }),
      database: service.extend({ healthcheck: z.looseObject({}), user: z.literal('postgres') }),
    }),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
    volumes: z.record(z.string(), z.null()),
    networks: z.object({ front: z.null(), database: z.object({ internal: z.literal(true) }) }),
  })
  const file = shape.parse(parse(read('compose.yaml')))
  const { server, database } = file.services

  test('sets settings that there are, to values that the server takes', () => {
    expectSettings(Object.keys(server.environment))
    const filledIn = Object.entries(server.environment).map(([name, value]) => {
      return [name, value.replace(/^\$\{\w+:-(.*)\}$/, '$1')] as const
    })
    const config = readConfig({
      ...Object.fromEntries(filledIn),
      BARBELL_URL: 'https://docs.example.org',
      DATABASE_URL_FILE: '',
      DATABASE_URL: 'postgres://barbell:x@database:5432/barbell',
    })
    expect(config).toMatchObject({ workers: 2, metrics: { host: '0.0.0.0', port: 9464 } })
  })

  test('publishes the site on this machine only, and the metrics and the database not at all', () => {
    expect(server.ports).toEqual([`127.0.0.1:${defaultPort}:${defaultPort}`])
    expect(database.ports).toBeUndefined()
  })

  test('names only what it describes', () => {
    expect(join('deploy', server.build.context, server.build.dockerfile)).toBe('deploy/Dockerfile')
    for (const name of [...server.secrets, ...database.secrets]) {
      expect(Object.keys(file.secrets)).toContain(name)
    }
    for (const volume of [...server.volumes, ...database.volumes]) {
      expect(Object.keys(file.volumes)).toContain(volume.split(':')[0])
    }
    expect(server.environment['DATABASE_URL_FILE']).toBe(`/run/secrets/${server.secrets[0]}`)
    expect(database.environment['POSTGRES_PASSWORD_FILE']).toBe(
      `/run/secrets/${database.secrets[0]}`,
    )
  })
})

describe('make-secrets.sh', () => {
  const script = join(folder, 'make-secrets.sh')
  copyFileSync(join(root, 'deploy/make-secrets.sh'), script)
  const first = execFileSync('sh', [script], { encoding: 'utf8' })
  const passwordOf = () => readFileSync(join(folder, 'secrets/database-password'), 'utf8')
  const password = passwordOf()

  test('L4: makes a password of 256 bits and prints it nowhere', () => {
    expect(password).toMatch(/^[0-9a-f]{64}$/)
    expect(first).not.toContain(password)
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700)
  })

  test('makes the URL that the server reads', () => {
    const config = readConfig({ DATABASE_URL_FILE: join(folder, 'secrets/database-url') })
    expect(config.databaseUrl).toBe(`postgres://barbell:${password}@database:5432/barbell`)
  })

  test('interrupted, it goes on with the password that it made', () => {
    rmSync(join(folder, 'secrets/database-url'))
    execFileSync('sh', [script])
    const config = readConfig({ DATABASE_URL_FILE: join(folder, 'secrets/database-url') })
    expect(config.databaseUrl).toContain(password)
    expect(passwordOf()).toBe(password)
  })

  test('changes nothing when it is run again', () => {
    expect(execFileSync('sh', [script], { encoding: 'utf8' })).toContain('nothing was changed')
    expect(passwordOf()).toBe(password)
  })
})

describe('the unit of systemd', () => {
  const unit = read('barbell-docs.service')
  const valuesOf = (name: string): string[] =>
    [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)

  test('sets settings that there are', () => {
    const names = valuesOf('Environment').flatMap((line) => line.match(/[A-Z_]+(?==)/g) ?? [])
    expectSettings(names)
  })

  test('starts the server of the build, in the folder that systemd makes for it', () => {
    const [start = ''] = valuesOf('ExecStart')
    expect(start.split(' ').slice(1)).toEqual([...serverFlags, 'dist/server/entry.mjs'])
    expect(unit).toContain(`BARBELL_DATA_DIR=/var/lib/${valuesOf('StateDirectory')[0]}`)
  })

  test.each([
    ['DynamicUser', 'yes'],
    ['ProtectSystem', 'strict'],
    ['NoNewPrivileges', 'yes'],
    ['CapabilityBoundingSet', ''],
    ['StateDirectoryMode', '0700'],
    ['UMask', '0077'],
  ])('%s is %s', (name, value) => {
    expect(valuesOf(name)).toEqual([value])
  })
})

describe.each(['Caddyfile', 'nginx.conf'])('the proxy of %s', (name) => {
  const text = read(name)

  test('leads to the port of the server', () => {
    expect(text).toContain(`127.0.0.1:${defaultPort}`)
  })

  test('names settings that there are', () => {
    expectSettings(mentionedSettings(text))
  })
})

test.each([
  [
    'Caddyfile',
    /^http:\/\/docs\.example\.org \{\n\t@credentials path ([^\n]*)\n\thandle @credentials \{\n\t\trespond 403$/m,
  ],
  ['nginx.conf', /listen 80;[^]*?location ~ \^\/\(([a-z|]+)\)\/ \{\n\s*return 403;/],
])('H8: without encryption %s refuses the API, and leads pages on only', (name, shape) => {
  const [, paths = ''] = shape.exec(read(name)) ?? []
  expect(paths.match(/[a-z]+/g)?.sort()).toEqual(['api', 'auth', 'internal'])
})

test('R4: nginx does not pass on what a client says of its own address', () => {
  expect(read('nginx.conf')).toContain('proxy_set_header X-Forwarded-For $remote_addr;')
  expect(read('nginx.conf')).not.toContain('proxy_add_x_forwarded_for')
})

test('F11: everything that stops the server gives it more time than it takes', () => {
  const [, seconds] = /stop_grace_period: (\d+)s/.exec(read('compose.yaml')) ?? []
  const [, unitSeconds] = /TimeoutStopSec=(\d+)/.exec(read('barbell-docs.service')) ?? []
  expect(Number(seconds)).toBeGreaterThan(15)
  expect(Number(unitSeconds)).toBeGreaterThan(15)
})
