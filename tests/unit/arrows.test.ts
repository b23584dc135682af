import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const source = fileURLToPath(new URL('../../src/', import.meta.url))

/** What a folder, or a file at the top of src, may import beside itself. An entry with a dot is that one file. */
const arrows: Record<string, readonly string[]> = {
  // server
  store: ['auth/clock.ts', 'auth/limiter.ts', 'auth/limits.ts', 'auth/refusal.ts'],
  auth: ['store/store.ts'],
  dataset: [],
  ops: [],
  api: ['auth', 'dataset', 'ops', 'config.ts'],
  static: ['origin-placeholder.ts', 'trusted-types.ts'],
  forms: ['auth', 'api'],
  'config.ts': ['auth/limits.ts', 'api/ip-address.ts'],
  'compose.ts': ['api', 'auth', 'dataset', 'ops', 'store', 'config.ts'],
  'server.ts': ['api', 'ops', 'static', 'compose.ts', 'config.ts'],
  cli: ['auth', 'ops', 'store', 'config.ts'],
  'fetch.ts': ['compose.ts', 'config.ts'],
  'middleware.ts': ['static', 'origin-placeholder.ts'],
  'env.d.ts': ['compose.ts'],
  pages: ['components', 'elements', 'forms', 'build/markdown', 'origin-placeholder.ts'],
  components: ['elements', 'build/markdown', 'playground/scenarios'],
  // build
  build: [
    'api',
    'auth/password-worker.ts',
    'elements/json-node.ts',
    'fetch.ts',
    'origin-placeholder.ts',
    'page-frontmatter.ts',
    'playground',
    'recorded-exchange.ts',
    'runner/python',
    'static',
    'styles/tokens.css',
  ],
  // browser: the API is known to it by /openapi.json only
  elements: ['playground', 'runner', 'recorded-exchange.ts', 'search', 'trusted-types.ts'],
  search: ['playground', 'trusted-types.ts'],
  playground: ['runner', 'trusted-types.ts'],
  runner: ['origin-placeholder.ts', 'trusted-types.ts'],
  // both
  'origin-placeholder.ts': [],
  'page-frontmatter.ts': [],
  'content.config.ts': ['build/collections.ts'],
  'recorded-exchange.ts': [],
  'trusted-types.ts': [],
}

const importing = /(?:\bfrom\s*|\bimport\s*\(?\s*|new URL\(\s*)'((?:#|\.{1,2}\/)[^'?]+)/g

/** Every file of src with the files of src that it imports, as paths below src. */
function readImports(): Map<string, string[]> {
  const files = globSync('**/*.{ts,astro}', { cwd: source })
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(source, file), 'utf8')
      const targets = [...text.matchAll(importing)].map(([, target = '']) => below(file, target))
      return [file, targets.filter((target) => !target.startsWith('..'))]
    }),
  )
}

function below(file: string, target: string): string {
  return target.startsWith('#') ? target.slice(1) : normalize(join(dirname(file), target))
}

function sideOf(file: string): string {
  return file.split('/')[0] ?? file
}

function isAllowed(from: string, to: string): boolean {
  const side = sideOf(from)
  const may = arrows[side] ?? []
  return sideOf(to) === side || may.some((entry) => to === entry || to.startsWith(`${entry}/`))
}

const imports = readImports()

describe('imports follow the arrows', () => {
  test('every folder has its arrows', () => {
    const sides = new Set([...imports.keys()].map(sideOf))
    expect([...sides].filter((side) => !(side in arrows))).toEqual([])
  })

  test('no file imports against them', () => {
    const against = [...imports].flatMap(([file, targets]) =>
      targets.filter((target) => !isAllowed(file, target)).map((target) => `${file} -> ${target}`),
    )
    expect(against).toEqual([])
  })

  test('no module leads back to itself', () => {
    expect(findCircle()).toEqual([])
  })
})

/** The first circle of imports, as the path around it; empty where there is none. */
function findCircle(): string[] {
  const done = new Set<string>()
  const walk = (file: string, way: string[]): string[] => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file]
    if (done.has(file)) return []
    for (const target of imports.get(file) ?? []) {
      const circle = walk(target, [...way, file])
      if (circle.length > 0) return circle
    }
    done.add(file)
    return []
  }
  for (const file of imports.keys()) {
    const circle = walk(file, [])
    if (circle.length > 0) return circle
  }
  return []
}
