/** Sees to it that what the tests need from the machine is there: two browsers, curl, PostgreSQL, Python with `requests` and its OAuth2 client. */
import { spawnSync } from 'node:child_process'
import { findFirefox } from '../firefox/find-firefox.ts'
import { findPostgres } from './postgres.ts'
import { findChromium, findPythonWithOAuth, findPythonWithRequests } from './tools.ts'

const debianFlags = ['install', '-y', '-qq', '--no-install-recommends']

function run(name: string, ...args: string[]): boolean {
  const { status } = spawnSync(name, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 600_000,
  })
  return status === 0
}

function installFromDebian(...packages: string[]): boolean {
  if (process.getuid?.() !== 0) return false
  process.env['DEBIAN_FRONTEND'] = 'noninteractive'
  return run('apt-get', 'update', '-qq') && run('apt-get', ...debianFlags, ...packages)
}

function hasCurl(): boolean {
  return spawnSync('curl', ['--version'], { stdio: 'ignore' }).status === 0
}

if (!findChromium()) {
  console.log('No Chromium found; installing one for the browser tests ...')
  const installed =
    installFromDebian('chromium', 'fonts-liberation') || run('playwright', 'install', 'chromium')
  if (!installed || !findChromium()) {
    console.error(
      'The browser tests need Chromium. Install it (Debian: "sudo apt install chromium") or point ' +
        'BARBELL_TEST_CHROMIUM at one, then run "npm test" again. No test was run.',
    )
    process.exit(1)
  }
}

if (!findFirefox() && !(installFromDebian('firefox-esr') && findFirefox())) {
  console.error(
    'The tests of the runner in a second engine need Firefox. Install it (Debian: "sudo apt install firefox-esr") or ' +
      'point BARBELL_TEST_FIREFOX at one, then run "npm test" again. No test was run.',
  )
  process.exit(1)
}

const missing = [
  ...(findPythonWithRequests() ? [] : ['python3', 'python3-requests']),
  ...(findPythonWithOAuth() ? [] : ['python3-requests-oauthlib']),
  ...(hasCurl() ? [] : ['curl']),
  ...(findPostgres() ? [] : ['postgresql']),
  ...(spawnSync('ps', ['-A'], { stdio: 'ignore' }).status === 0 ? [] : ['procps']),
]
if (missing.length > 0 && !installFromDebian(...missing)) {
  console.error(
    `The tests call the API as a user would and need ${missing.join(', ')}. Install them (Debian: ` +
      `"sudo apt install ${missing.join(' ')}"), then run "npm test" again. No test was run.`,
  )
  process.exit(1)
}
