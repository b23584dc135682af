/**
 * A process that writes until it is killed: `node tests/chaos/writer.ts FOLDER PREFIX LANES [LIVES]`. Says `? ID STEP`
 * before a change and `! ID STEP` when the store has acknowledged it. With LIVES it ends after so many per lane.
 */
import { writeSync } from 'node:fs'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { deeds, live } from './life.ts'

const [directory = '', prefix = '', lanes = '1', lives = 'Infinity'] = process.argv.slice(2)
const store = await openLowdbStore({ directory, clock: { nowMs: () => Date.now() } })

async function runLane(lane: number): Promise<void> {
  for (let count = 0; count < Number(lives); count += 1) {
    const id = `${prefix}-${lane}-${count}`
    for (const step of deeds.keys()) {
      if (isEternal(count) && deeds[step] === 'delete') continue
      say(`? ${id} ${step}`)
      await live(store, id, step)
      say(`! ${id} ${step}`)
    }
  }
}

/** Most accounts stay, so that there is something to lose. */
function isEternal(count: number): boolean {
  return count % 3 !== 0
}

/** Written when this returns: what a killed process has said, it has said. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => runLane(lane)))
await store.close()
