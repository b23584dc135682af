import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Experiment } from './experiment.ts'

const program = fileURLToPath(new URL('postgres/outage.ts', import.meta.url))
const lastLines = 12

/** The database goes away under running servers: a program of its own, since it brings servers and a database. */
export const postgresOutages: Experiment = {
  name: 'postgres',
  claim:
    'PostgreSQL stopped, killed, paused under load: right or 503, back within 10 s, nothing lost',
  async run({ onProgress }) {
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
        onProgress(text.trim().split('\n').at(-1) ?? '')
      })
    }
    const [code] = (await once(child, 'close')) as [number | null]
    const lines = said.trim().split('\n')
    if (code !== 0) return { wrong: lines.slice(-lastLines) }
    return { held: lines.at(-1) ?? '' }
  },
}
