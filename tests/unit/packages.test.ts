import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface LockedPackage {
  version?: string
  integrity?: string
  hasInstallScript?: boolean
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
const { packages } = read('package-lock.json') as { packages: Record<string, LockedPackage> }
const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> }
const locked = Object.entries(packages).filter(([path]) => path !== '')

/** The name of a package, wherever it lies below another one. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/** Versions that mended a known weakness; the design of the security names them. */
const floors = [
  ['astro', '7.2.8'],
  ['hono', '4.13.5'],
  ['@hono/node-server', '1.19.15'],
  ['sharp', '0.35.4'],
] as const

test('L6: every package is what the lock file says, by a SHA-512 of all of it', () => {
  expect(locked.length).toBeGreaterThan(100)
  const loose = locked.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity))
  expect(loose.map(([path]) => path)).toEqual([])
})

test('L6: only packages that are named may run a script when they are installed', () => {
  const running = locked.filter(([, { hasInstallScript = false }]) => hasInstallScript)
  const names = new Set(running.map(([path]) => nameOf(path)))
  expect([...names].sort()).toEqual(Object.keys(allowScripts).sort())
})

test.each(floors)('L6: no %s is older than %s, which mended a known weakness', (name, floor) => {
  const versions = locked.filter(([path]) => nameOf(path) === name)
  expect(versions.length).toBeGreaterThan(0)
  for (const [path, { version = '' }] of versions) {
    const [oldest] = [version, floor].sort((one, other) =>
      one.localeCompare(other, 'en', { numeric: true }),
    )
    expect(oldest, `${path} is ${version}`).toBe(floor)
  }
})
