import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { makeBackup, restoreBackup } from '#store/backup.ts'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { StoreRefused } from '#store/store.ts'
import { type Experiment, outcomeOf, temporaryFolder } from './experiment.ts'
import { checkLife, deeds, live, readWorld } from './life.ts'
import { removeLock } from './writer-process.ts'

const mostRounds = 50
const longestRestoreMs = 150
const program = fileURLToPath(new URL('restorer.ts', import.meta.url))
const clock = { nowMs: () => Date.now() }

/** kill -9 at any moment of a restore. */
export const restoreKills: Experiment = {
  name: 'restore',
  claim: 'kill -9 during a restore: all old, all new, or refused until it is run again',
  async run({ rounds: wanted, onProgress }) {
    const rounds = Math.min(wanted, mostRounds)
    await using folder = await temporaryFolder()
    const found = new Map<string, number>()
    for (let round = 0; round < rounds; round += 1) {
      const directory = join(folder.path, `store-${round}`)
      const backup = await prepare(directory)
      await restoreAndDie(directory, backup)
      const state = await stateOf(directory)
      found.set(state, (found.get(state) ?? 0) + 1)
      await restoreBackup({ from: backup, directory, clock })
      const after = await stateOf(directory)
      if (after !== 'new') return { wrong: [`run again after "${state}", it is "${after}"`] }
      onProgress(`round ${round + 1} of ${rounds}`)
    }
    const known = ['old', 'new', 'refused']
    const wrong = [...found.keys()].filter((state) => !known.includes(state))
    const counts = known.map((state) => `${found.get(state) ?? 0} times ${state}`)
    return outcomeOf(wrong, `${rounds} rounds: ${counts.join(', ')}`)
  },
}

/** A store with one old life, and a backup of a time when it was `new`: another life, and other secrets. */
async function prepare(directory: string): Promise<string> {
  await fill(directory, 'new')
  const to = `${directory}.backup`
  await makeBackup({ directory, to, clock })
  await fill(directory, 'old')
  return to
}

/** Lets a life end and another one begin. */
async function fill(directory: string, id: string): Promise<void> {
  const store = await openLowdbStore({ directory, clock })
  if ((await store.accountById('new')) !== null) {
    for (let step = 1; step < deeds.length; step += 1) await live(store, 'new', step)
  }
  await live(store, id, 0)
  await store.close()
  await writeFile(join(directory, 'secrets.json'), `secrets of ${id}`, { mode: 0o600 })
}

async function restoreAndDie(directory: string, backup: string): Promise<void> {
  const child = spawn(process.execPath, [program, directory, backup], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  await once(child.stdout, 'data')
  await sleep(Math.random() * longestRestoreMs)
  child.kill('SIGKILL')
  await closed
  await removeLock(directory)
}

async function stateOf(directory: string): Promise<string> {
  try {
    const store = await openLowdbStore({ directory, clock })
    const world = await readWorld(store)
    await store.close()
    const all = { asked: deeds.length, acknowledged: 0 }
    const lived = [checkLife(world, 'old', all), checkLife(world, 'new', all)].join(' and ')
    if (lived === '0 and 1') return 'new'
    return lived === `1 and ${deeds.length}` ? 'old' : lived
  } catch (error) {
    if (error instanceof StoreRefused && error.message.includes('run that restore again')) {
      return 'refused'
    }
    throw error
  }
}
