import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright'

/** The system's first: version managers hide its packages. */
const pythons = ['/usr/bin/python3', 'python3', 'python']
const systemBrowsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Playwright's own Chromium, else one of the system's. @returns its path; undefined where there is none */
export function findChromium(): string | undefined {
  const chosen = process.env['BARBELL_TEST_CHROMIUM']
  if (chosen) return chosen
  const own = chromium.executablePath()
  if (existsSync(own)) return own
  return systemBrowsers.map(findOnPath).find((path) => path !== undefined)
}

/** A Python that has the real `requests`. */
export interface PythonWithRequests {
  readonly path: string
  /** Of `requests`: `[2, 32, 3]`. */
  readonly version: readonly number[]
}

let newestPython: PythonWithRequests | undefined

/** The Python of this machine with the newest `requests`, which is the one that ours is held to. */
export function pythonWithRequests(): PythonWithRequests | undefined {
  newestPython ??= pythons
    .flatMap(askForRequests)
    .toSorted((a, b) => compareVersions(b.version, a.version))[0]
  return newestPython
}

/** Its path. */
export function findPythonWithRequests(): string | undefined {
  return pythonWithRequests()?.path
}

/** Itself, and not the script by which a version manager starts it. */
function askForRequests(python: string): PythonWithRequests[] {
  const question = 'import sys, requests; print(sys.executable, requests.__version__, sep="\\n")'
  const { status, stdout } = spawnSync(python, ['-I', '-c', question], { encoding: 'utf8' })
  const [path, version] = status === 0 ? stdout.split('\n') : []
  return path && version ? [{ path, version: version.split('.').map(Number) }] : []
}

/** @returns above 0 where `a` is newer */
export function compareVersions(a: readonly number[], b: readonly number[]): number {
  const at = b.findIndex((part, index) => part !== (a[index] ?? 0))
  return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0)
}

/** A Python that has the OAuth2 client `requests-oauthlib`. */
export function findPythonWithOAuth(): string | undefined {
  return findPythonWith('requests_oauthlib')
}

function findPythonWith(module: string): string | undefined {
  return pythons.find((python) => {
    const { status } = spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' })
    return status === 0
  })
}

function findOnPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
}
