import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'
import { failuresChanged, failuresPath } from './failing-samples-address.ts'
import { type SamplesReport, samplesReportPath } from './samples-report.ts'

const banner = fileURLToPath(new URL('failing-samples-banner.ts', import.meta.url))

/**
 * In `astro dev`, a page whose samples failed when they last ran says so. With `npm run samples -- --watch` beside it,
 * it says so as soon as the page has been saved. Nothing of this is in a build.
 */
export function failingSamples(): AstroIntegration {
  return {
    name: 'barbell:failing-samples',
    hooks: {
      'astro:config:setup': ({ command, injectScript }) => {
        if (command === 'dev') injectScript('page', `import ${JSON.stringify(banner)}`)
      },
      'astro:server:setup': ({ server }) => {
        const report = resolve(samplesReportPath)
        server.watcher.add(report)
        const tell = (path: string): void => {
          if (resolve(path) === report) server.ws.send({ type: 'custom', event: failuresChanged })
        }
        server.watcher.on('add', tell).on('change', tell).on('unlink', tell)
        server.middlewares.use(failuresPath, (_, response) => {
          response.setHeader('Content-Type', 'application/json')
          response.end(JSON.stringify(readFailures(report)))
        })
      },
    },
  }
}

/** The failures of the last run by page; none where none has run, or where one is just being written down. */
export function readFailures(path: string): SamplesReport['pages'] {
  if (!existsSync(path)) return {}
  try {
    const { pages = {} } = JSON.parse(readFileSync(path, 'utf8')) as Partial<SamplesReport>
    return pages
  } catch {
    return {}
  }
}
