import { makeDataFolder } from './data-folder.ts'
import { conditions, type Findings, target } from './findings.ts'
import { startProduct } from './product.ts'
import { openSandboxAccount, takeToken } from './sandbox.ts'
import type { Scale } from './scale.ts'
import { howInTurn, measureInTurn, speedOf, speedTable } from './speed.ts'

const docsPage = 'GET /docs/auth (brotli)'
const brotli = { 'accept-encoding': 'br' }

const perSecond = (value: number): string => `${value.toFixed(0)} req/s`

/** Measures pages: made at build, made for everybody, made for one. */
export async function measurePages(scale: Scale): Promise<Findings> {
  const how = [conditions(), howInTurn(scale)].join('\n')
  using folder = await makeDataFolder()
  await using server = await startProduct(folder)
  const cookie = await takeToken(server.url, await openSandboxAccount(server.url))
  const speeds = await measureInTurn(
    [
      { name: docsPage, server, path: '/docs/auth', headers: brotli },
      { name: 'GET /docs/auth (not compressed)', server, path: '/docs/auth' },
      { name: 'GET /login', server, path: '/login', headers: brotli },
      {
        name: 'GET /dashboard/settings, signed in',
        server,
        path: '/dashboard/settings',
        headers: { ...brotli, cookie },
      },
    ],
    scale,
  )
  const found = speedOf(speeds, docsPage)?.requestsPerSecond
  return {
    how,
    tables: [speedTable(speeds, docsPage)],
    targets: [target('docs page', found, { atLeast: 10_000 }, perSecond)],
  }
}
