/**
 * A process that wants the lock of every folder at once: `node tests/support/lock-starter.ts FOLDER...`. Says `ready`,
 * begins at the first input, says `held FOLDER` or `refused FOLDER` for each, and keeps what it has until it is killed.
 */
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { lockFile, StoreInUse } from '#store/data-directory.ts'

async function want(folder: string): Promise<void> {
  const lost = (): void => say(`lost ${folder}`)
  try {
    await lockFile(join(folder, 'barbell.json'), lost)
    say(`held ${folder}`)
  } catch (error) {
    if (!(error instanceof StoreInUse)) throw error
    say(`refused ${folder}`)
  }
}

/** Written when this returns: what a killed process has said, it has said. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

say('ready')
await once(process.stdin, 'data')
await Promise.all(process.argv.slice(2).map(want))
