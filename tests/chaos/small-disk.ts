import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { type PortableStore, StoreRefused, StoreUnavailable } from '#store/store.ts'
import { type Experiment, outcomeOf, temporaryFolder } from './experiment.ts'
import { checkLife, live, readWorld, strangersIn } from './life.ts'

const run = promisify(execFile)
const clock = { nowMs: () => Date.now() }
const diskSize = '512k'
const fillerBytes = 128 * 1024
const mostLives = 5000

/** A disk that runs full, and gets space again. */
export const fullDisk: Experiment = {
  name: 'full-disk',
  claim: 'disk full: a change fails whole, reads go on, writes too once there is space',
  run: ({ onProgress }) =>
    onSmallDisk(async (disk) => {
      const filler = join(disk, 'filler')
      await writeFile(filler, Buffer.alloc(fillerBytes))
      const directory = join(disk, 'data')
      await mkdir(directory)
      const store = await openLowdbStore({ directory, clock })
      const ids = await liveUntilRefused(store, 'before')
      onProgress(`full after ${ids.length} accounts`)
      const wrong = await differences(store, ids)
      await rm(filler)
      const later = await liveUntilRefused(store, 'after')
      if (later.length === 0) wrong.push('with space again, nothing could be written')
      await store.close()
      const reopened = await openLowdbStore({ directory, clock })
      wrong.push(...(await differences(reopened, [...ids, ...later])))
      await reopened.close()
      return outcomeOf(
        wrong,
        `full after ${ids.length} accounts, ${later.length} more with ${fillerBytes / 1024} KiB freed`,
      )
    }),
}

/** A disk that turns read-only. */
export const readOnlyDisk: Experiment = {
  name: 'read-only',
  claim: 'a read-only disk is refused with what to do, and opens once it can be written',
  run: () =>
    onSmallDisk(async (disk) => {
      const directory = join(disk, 'data')
      const store = await openLowdbStore({ directory, clock })
      await live(store, 'before', 0)
      await store.close()
      await run('mount', ['-o', 'remount,ro', disk])
      const refusal = await openLowdbStore({ directory, clock }).then(
        () => 'it was opened',
        (error: unknown) => error,
      )
      await run('mount', ['-o', 'remount,rw', disk])
      const again = await openLowdbStore({ directory, clock })
      const wrong = await differences(again, ['before'])
      await again.close()
      if (!(refusal instanceof StoreRefused) || !refusal.message.includes(directory)) {
        wrong.push(`opened read-only: ${String(refusal)}`)
      }
      return outcomeOf(wrong, 'refused, and opened when it was writable again')
    }),
}

async function onSmallDisk(
  use: (disk: string) => ReturnType<Experiment['run']>,
): ReturnType<Experiment['run']> {
  await using folder = await temporaryFolder()
  const disk = join(folder.path, 'disk')
  await mkdir(disk)
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${diskSize},mode=700`, 'tmpfs', disk])
  } catch {
    return { skipped: 'a small disk needs the right to mount one: run it as root' }
  }
  try {
    return await use(disk)
  } finally {
    await run('umount', [disk])
  }
}

/** @returns the accounts that were stored */
async function liveUntilRefused(store: PortableStore, prefix: string): Promise<string[]> {
  const ids: string[] = []
  for (let count = 0; count < mostLives; count += 1) {
    const id = `${prefix}-${count}`
    try {
      await live(store, id, 0)
      ids.push(id)
    } catch (error) {
      if (error instanceof StoreUnavailable) return ids
      throw error
    }
  }
  throw new Error(`${mostLives} accounts did not fill ${diskSize}`)
}

/** In words, where the store does not hold just these accounts, each with its one event. */
async function differences(store: PortableStore, ids: readonly string[]): Promise<string[]> {
  const world = await readWorld(store)
  const lives = ids.map((id) => checkLife(world, id, { asked: 1, acknowledged: 1 }))
  const wrong = lives.filter((life) => typeof life === 'string')
  return [...wrong, ...strangersIn(world, new Map(ids.map((id) => [id, null])))]
}
