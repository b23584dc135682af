// @ts-check
/**
 * The door of every npm script: does what is still missing (packages, build, browser), then the verb itself.
 * Plain JavaScript without packages, since it runs before they are there and on whatever Node the machine has.
 */
import { Buffer } from 'node:buffer'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serverFlags } from './server-flags.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const binFolder = join(root, 'node_modules', '.bin')
const installStamp = join(root, 'node_modules', '.barbell-installed')
const buildStamp = join(root, 'dist', '.barbell-built')
const buildInputs = [
  'astro.config.mjs',
  'ec.config.mjs',
  'package-lock.json',
  'tsconfig.json',
  'src',
  'content',
  'public',
]
const reports = join(root, 'test-results')

const environment = {
  ...process.env,
  PATH: binFolder + delimiter + process.env['PATH'],
  ASTRO_TELEMETRY_DISABLED: '1',
}

/** @type {Record<string, (rest: string[]) => number | Promise<number>>} */
const verbs = {
  start: (rest) => {
    install()
    build()
    return serve(['node', ...serverFlags, join('dist', 'server', 'entry.mjs'), ...rest])
  },
  dev: (rest) => {
    install()
    return serve(['astro', 'dev', ...rest])
  },
  build: () => {
    install()
    build()
    return 0
  },
  check: async () => {
    install()
    // What is quick and what a writer waits for comes first.
    const quick = [
      ['node', join('src', 'build', 'check-content.ts')],
      ['cspell', 'lint', '--no-progress', '--no-summary', '--show-suggestions'],
      ['astro', 'sync', '--silent'], // writes the types that both checks of types below want
    ]
    const slow = [
      ['astro', 'check', '--minimumFailingSeverity', 'warning'],
      ['eslint', '--max-warnings', '0', '.'],
      ['prettier', '--check', '--log-level', 'warn', '.'],
    ]
    const statuses = [...quick.map((step) => run(step)), ...(await runSideBySide(slow))]
    return statuses.find((status) => status !== 0) ?? 0
  },
  new: (rest) => {
    install()
    return run(['node', join('src', 'build', 'new-page', 'run.ts'), ...rest])
  },
  test: (rest) => {
    install()
    build()
    return test(rest)
  },
  conformance: (rest) => {
    install()
    if (!rest.includes('--url')) build()
    return run(['node', join('tests', 'conformance', 'run.ts'), ...rest])
  },
  fuzz: (rest) => {
    install()
    build()
    return run(['node', join('tests', 'fuzz', 'run.ts'), ...rest])
  },
  samples: (rest) => {
    install()
    if (!rest.includes('--exchanges')) build()
    return run(['node', join('tests', 'samples', 'samples.ts'), ...rest])
  },
  chaos: (rest) => {
    install()
    return run(['node', join('tests', 'chaos', 'chaos.ts'), ...rest])
  },
  barbell: (rest) => {
    install()
    return run(['node', join('src', 'cli', 'barbell.ts'), ...rest])
  },
  bench: (rest) => {
    install()
    build()
    return run(['node', join('tests', 'bench', 'bench.ts'), ...rest])
  },
  lighthouse: (rest) => {
    install()
    build()
    return run(['node', join('tests', 'lighthouse', 'lighthouse.ts'), ...rest])
  },
}

/** Runs a command to its end, in the project, with the pinned tools first on the PATH. @param {string[]} command */
function run([name = '', ...args]) {
  const { status, error } = spawnSync(name, args, { cwd: root, env: environment, stdio: 'inherit' })
  if (error) console.error(`${name} could not be started: ${error.message}`)
  return status ?? 1
}

/**
 * Runs commands at once. What they say comes in their order, each one's whole.
 * @param {string[][]} commands
 * @returns {Promise<number[]>} their statuses
 */
async function runSideBySide(commands) {
  const running = commands.map(([name = '', ...args]) => {
    const child = spawn(name, args, {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    /** @type {Buffer[]} */
    const said = []
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (/** @type {Buffer} */ piece) => said.push(piece))
    }
    return new Promise((/** @type {(of: {status: number, said: Buffer}) => void} */ resolve) => {
      child.on('error', (error) => {
        const text = `${name} could not be started: ${error.message}\n`
        resolve({ status: 1, said: Buffer.from(text) })
      })
      child.on('close', (code) => resolve({ status: code ?? 1, said: Buffer.concat(said) }))
    })
  })
  const statuses = []
  for (const ended of running) {
    const { status, said } = await ended
    process.stdout.write(said)
    statuses.push(status)
  }
  return statuses
}

/** Runs a command to its end and ends everything with its status if it failed. @param {string[]} command */
function runOrExit(command) {
  const status = run(command)
  if (status !== 0) process.exit(status)
}

/** Runs a server until it ends or is told to. @param {string[]} command @returns {Promise<number>} */
function serve([name = '', ...args]) {
  const child = spawn(name, args, { cwd: root, env: environment, stdio: 'inherit' })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${name} could not be started: ${error.message}`)
      resolve(1)
    })
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
}

function install() {
  const wanted = digestOf(['package.json', 'package-lock.json'])
  if (readIfThere(installStamp) === wanted) return
  console.log('Installing packages, the pinned Node among them ...')
  runOrExit(['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error'])
  // npm may complete the lock, so the stamp is taken after it.
  writeFileSync(installStamp, digestOf(['package.json', 'package-lock.json']))
}

function build() {
  // Of the environment, a build goes by this alone.
  const wanted = digestOf(buildInputs) + (process.env['BARBELL_EDIT_URL'] ?? '')
  if (readIfThere(buildStamp) === wanted) return
  console.log('Building the site ...')
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  runOrExit(['astro', 'build'])
  writeFileSync(buildStamp, wanted)
}

/** @param {string[]} rest names of suites; none means all */
function test(rest) {
  const suites = {
    unit: ['vitest', 'run', '--config', 'tests/vitest.config.ts'],
    samples: ['node', join('tests', 'samples', 'samples.ts')],
    browser: ['playwright', 'test', '--config', 'tests/browser/playwright.config.ts'],
    firefox: ['vitest', 'run', '--config', 'tests/firefox/vitest.config.ts'],
    conformance: ['node', join('tests', 'conformance', 'run.ts')],
  }
  runOrExit(['node', join('tests', 'support', 'ensure-tools.ts')])
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })
  let failures = 0
  const totals = { passed: 0, failed: 0, skipped: 0 }
  /** @type {string[]} */
  const failed = []
  /** @type {string[]} */
  const late = []
  for (const [name, command] of Object.entries(suites)) {
    if (rest.length > 0 && !rest.includes(name)) continue
    const status = run(command)
    const counted = countTests(join(reports, `${name}.json`))
    totals.passed += counted.passed
    totals.failed += counted.failed
    totals.skipped += counted.skipped
    failed.push(...counted.failures.map((title) => `${name}: ${title}`))
    late.push(...counted.flaky.map((title) => `${name}: ${title}`))
    // A suite that ends badly without a failed test (a crash, an unhandled error) has failed all the same.
    if (status !== 0 && counted.failed === 0) {
      totals.failed += 1
      failed.push(`${name}: ended with status ${status} and without a failed test; see above`)
    }
    failures += status
  }
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
  if (late.length > 0) console.log(`\nPassed at the second try only:\n${indented(late)}`)
  // Once more at the end, where a reader of a long log looks first.
  if (failed.length > 0) console.log(`\nFailed:\n${indented(failed)}`)
  console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`)
  return failures === 0 && totals.failed === 0 ? 0 : 1
}

/** @param {string[]} lines */
function indented(lines) {
  return lines.map((line) => `  ${line}`).join('\n')
}

/**
 * Reads the counts of a JSON report (Vitest's, Playwright's, the samples'), and what failed, at the first try or at all:
 * titles, with the first line of the reason.
 * @param {string} file
 * @returns {{passed: number, failed: number, skipped: number, failures: string[], flaky: string[]}}
 */
function countTests(file) {
  const text = readIfThere(file)
  if (text === undefined) return { passed: 0, failed: 0, skipped: 0, failures: [], flaky: [] }
  const report = JSON.parse(text)
  if ('stats' in report) {
    const { expected, unexpected, flaky, skipped } = report.stats
    const failures = report.suites.flatMap(specsOfPlaywright(({ ok }) => !ok))
    const late = report.suites.flatMap(
      specsOfPlaywright(({ tests }) => tests.some(({ status }) => status === 'flaky')),
    )
    return { passed: expected + flaky, failed: unexpected, skipped, failures, flaky: late }
  }
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: report.failures ?? (report.testResults ?? []).flatMap(failuresOfVitest),
    flaky: [],
  }
}

/**
 * @typedef {{title: string, ok: boolean, tests: {status: string, results: {error?: {message?: string}}[]}[]}} PlaywrightSpec
 * @typedef {{title: string, suites?: PlaywrightSuite[], specs: PlaywrightSpec[]}} PlaywrightSuite
 * @param {(spec: PlaywrightSpec) => boolean} wanted @returns {(suite: PlaywrightSuite) => string[]}
 */
function specsOfPlaywright(wanted) {
  /** @param {PlaywrightSuite} suite @returns {string[]} */
  function linesOf({ title, suites = [], specs }) {
    const own = specs.filter(wanted).map((spec) => {
      const results = spec.tests.flatMap(({ results }) => results)
      return failureLine(spec.title, results.find(({ error }) => error)?.error?.message)
    })
    return [...own, ...suites.flatMap(linesOf)].map((line) => `${title} › ${line}`)
  }
  return linesOf
}

/** @param {{assertionResults: {status: string, fullName: string, failureMessages?: string[]}[]}} file */
function failuresOfVitest({ assertionResults }) {
  return assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => failureLine(fullName, failureMessages?.[0]))
}

/** @param {string} title @param {string | undefined} message */
function failureLine(title, message) {
  return message ? `${title}: ${message.split('\n', 1)[0]}` : title
}

/** One digest over the contents of files and folders. @param {string[]} paths relative to the project */
function digestOf(paths) {
  const hash = createHash('sha256')
  for (const path of paths.flatMap(filesOf)) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** @param {string} path @returns {string[]} */
function filesOf(path) {
  const full = join(root, path)
  if (!existsSync(full)) return []
  if (!statSync(full).isDirectory()) return [path]
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesOf(join(path, name)))
}

/** @param {string} file */
function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

const [verb = '', ...rest] = process.argv.slice(2)
const action = verbs[verb]
if (!action) {
  console.error(`"${verb}" is no verb. There are: ${Object.keys(verbs).join(', ')}.`)
  process.exit(2)
}
process.exit(await action(rest))
