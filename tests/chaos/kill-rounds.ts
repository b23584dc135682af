import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { type Experiment, outcomeOf, temporaryFolder } from './experiment.ts'
import { checkLife, type KnownLife, readWorld, strangersIn } from './life.ts'
import { removeLock, startWriter } from './writer-process.ts'

const lanes = 6
const roundsPerStore = 25 // then a new one, so that files stay small and rounds short
const longestLifeMs = 60
const longestStartMs = 250
/** Every so many rounds the process dies while it starts, maybe in the middle of what it mends. */
const startKillEvery = 5

interface Tally {
  acknowledged: number
  cutOff: number
  cutOffThere: number
  wrong: string[]
}

/** kill -9 at any moment, again and again. */
export const killRounds: Experiment = {
  name: 'kill',
  claim: 'kill -9 while it writes: every acknowledged change is there, no other is half there',
  async run({ rounds, onProgress }) {
    await using folder = await temporaryFolder()
    const tally: Tally = { acknowledged: 0, cutOff: 0, cutOffThere: 0, wrong: [] }
    let known = new Map<string, KnownLife>()
    for (let round = 0; round < rounds && tally.wrong.length === 0; round += 1) {
      const directory = join(folder.path, `store-${Math.floor(round / roundsPerStore)}`)
      if (round % roundsPerStore === 0) known = new Map()
      await mkdir(directory, { recursive: true })
      const lives = await writeAndDie(directory, round)
      for (const [id, life] of lives) known.set(id, life)
      await look(directory, known, tally)
      count(tally, lives, known)
      onProgress(`round ${round + 1} of ${rounds}`)
    }
    const { acknowledged, cutOff, cutOffThere } = tally
    return outcomeOf(
      tally.wrong,
      `${rounds} rounds, ${acknowledged} acknowledged changes found again; of ${cutOff} cut off, ${cutOffThere} were there whole`,
    )
  },
}

async function writeAndDie(directory: string, round: number): Promise<Map<string, KnownLife>> {
  const writer = startWriter({ directory, prefix: `round-${round}`, lanes })
  if (round % startKillEvery === startKillEvery - 1) {
    await sleep(Math.random() * longestStartMs)
  } else {
    await writer.acknowledgement()
    await sleep(Math.random() * longestLifeMs)
  }
  await writer.kill()
  await removeLock(directory)
  return writer.lives()
}

/** Opens the store as a restart does, and compares all of it with what is known. */
async function look(directory: string, known: Map<string, KnownLife>, tally: Tally): Promise<void> {
  const store = await openLowdbStore({ directory, clock: { nowMs: () => Date.now() } })
  const world = await readWorld(store)
  await store.close()
  tally.wrong.push(...strangersIn(world, known))
  for (const [id, life] of known) {
    const lived = checkLife(world, id, life)
    if (typeof lived === 'string') {
      tally.wrong.push(lived)
      continue
    }
    known.set(id, { asked: lived, acknowledged: lived }) // from now on it must stay as it was found
  }
  const leftovers = (await readdir(directory)).filter((name) => name.includes('.writing-'))
  tally.wrong.push(...leftovers.map((name) => `${name} was left behind`))
}

function count(
  tally: Tally,
  lives: ReadonlyMap<string, KnownLife>,
  found: ReadonlyMap<string, KnownLife>,
): void {
  for (const [id, { asked, acknowledged }] of lives) {
    tally.acknowledged += acknowledged
    tally.cutOff += asked - acknowledged
    tally.cutOffThere += (found.get(id)?.acknowledged ?? 0) - acknowledged
  }
}
