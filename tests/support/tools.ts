import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright'

const systemBrowsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Playwright's own Chromium, else one of the system's. @returns its path; undefined where there is none */
export function findChromium(): string | undefined {
  const chosen = process.env['BARBELL_TEST_CHROMIUM']
  if (chosen) return chosen
  const own = chromium.executablePath()
  if (existsSync(own)) return own
  return systemBrowsers.map(findOnPath).find((path) => path !== undefined)
}

/** A Python that has the real `requests`. The system's comes first: version managers hide its packages. */
export function findPythonWithRequests(): string | undefined {
  return findPythonWith('requests')
}

/** A Python that has the OAuth2 client `requests-oauthlib`. */
export function findPythonWithOAuth(): string | undefined {
  return findPythonWith('requests_oauthlib')
}

function findPythonWith(module: string): string | undefined {
  return ['/usr/bin/python3', 'python3', 'python'].find((python) => {
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
