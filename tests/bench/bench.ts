/**
 * `npm run bench -- [requests|login]`: measures the built server over loopback, both parts unless one is named,
 * in under two minutes. Prints what was found and writes it into its part of results.md.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { measureLogin } from './login.ts'
import { measureRequests } from './requests.ts'

/** The parts in their order, each with what measures it and tells it in Markdown. */
const parts: Readonly<Record<string, () => Promise<string>>> = {
  requests: measureRequests,
  login: measureLogin,
}

const resultsFile = new URL('results.md', import.meta.url)
const title = '# Bench'

/** What results.md says of each part. */
function readResults(): Map<string, string> {
  if (!existsSync(resultsFile)) return new Map()
  const sections = readFileSync(resultsFile, 'utf8').split(/^## /m).slice(1)
  return new Map(
    sections.map((section) => {
      const [name = '', ...lines] = section.split('\n')
      return [name, lines.join('\n').trim()]
    }),
  )
}

function writeResult(name: string, found: string): void {
  const results = readResults().set(name, found)
  const sections = Object.keys(parts).flatMap((part) => {
    const text = results.get(part)
    return text === undefined ? [] : [`## ${part}\n\n${text}`]
  })
  writeFileSync(resultsFile, `${[title, ...sections].join('\n\n')}\n`)
}

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !Object.hasOwn(parts, name))
if (unknown !== undefined) {
  console.error(`"${unknown}" is no part. There are: ${Object.keys(parts).join(', ')}.`)
  process.exit(2)
}
for (const [name, measure] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const found = await measure()
  writeResult(name, found)
  console.log(`\n${found}\n`)
}
