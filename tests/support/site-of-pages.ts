import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'

/** A site of a few pages, made by the real Astro and Starlight as ours is, in a folder that goes afterwards. */
interface SiteOfPages extends AsyncDisposable {
  /** Where its pages and its configuration are. */
  readonly folder: string
}

export interface BuiltSite extends SiteOfPages {
  readonly exitCode: number
  /** What `astro build` printed, without colours. */
  readonly output: string
  /** The HTML of a page, such as `docs/auth`. */
  html(page: string): Promise<string>
}

export interface DevSite extends SiteOfPages {
  readonly origin: string
}

/** Source by path under `content/`, such as `docs/auth.mdx`. */
type Pages = Readonly<Record<string, string>>

/** A folder of `tests/support/fixtures` that holds the rest of a site. */
type Fixture = 'code-switch' | 'page-checks'

const root = fileURLToPath(new URL('../../', import.meta.url))
const astro = join(root, 'node_modules', 'astro', 'bin', 'astro.mjs')
const env = {
  ...process.env,
  // Astro shows no overlay to what seems to be a test.
  NODE_ENV: undefined,
  VITEST: undefined,
  ASTRO_TELEMETRY_DISABLED: '1',
  NO_COLOR: '1',
}

/** Builds a site. */
export async function buildSite(
  pages: Pages,
  fixture: Fixture = 'code-switch',
): Promise<BuiltSite> {
  const site = await layOut(pages, fixture)
  return {
    ...site,
    ...(await runAstroBuild(site.folder)),
    html: (page) => readFile(join(site.folder, 'dist', page, 'index.html'), 'utf8'),
  }
}

/** Starts `astro dev` for a site, and ends it with its folder. */
export async function serveSite(pages: Pages, fixture: Fixture): Promise<DevSite> {
  const site = await layOut(pages, fixture)
  const port = String(await freePort())
  const args = [astro, 'dev', '--port', port, '--host', '127.0.0.1']
  const child = spawn(process.execPath, args, {
    cwd: site.folder,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => {
      if (text.toString().includes('watching for file changes')) resolve()
    })
    child.on('exit', () => reject(new Error('astro dev has ended')))
  })
  return {
    ...site,
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      await site[Symbol.asyncDispose]()
    },
  }
}

async function layOut(pages: Pages, fixture: Fixture): Promise<SiteOfPages> {
  // Below the repository, so that packages are found, but not where Vite looks for no changes (test-results); a folder
  // of its own, so that tests do not meet.
  await mkdir(join(root, '.astro'), { recursive: true })
  const folder = await mkdtemp(join(root, '.astro', `${fixture}-`))
  await cp(join(root, 'tests', 'support', 'fixtures', fixture, 'site'), folder, { recursive: true })
  await cp(join(root, 'package.json'), join(folder, 'package.json'))
  for (const [path, source] of Object.entries(pages)) {
    await mkdir(dirname(join(folder, 'content', path)), { recursive: true })
    await writeFile(join(folder, 'content', path), source)
  }
  return {
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

function runAstroBuild(folder: string): Promise<Pick<BuiltSite, 'exitCode' | 'output'>> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [astro, 'build'],
      { cwd: folder, env },
      (_, stdout, stderr) => resolve({ exitCode: child.exitCode ?? 1, output: stdout + stderr }),
    )
  })
}
