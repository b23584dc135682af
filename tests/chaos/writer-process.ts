import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { KnownLife } from './life.ts'

/** The program that writes until it is killed. */
export const writerProgram = fileURLToPath(new URL('writer.ts', import.meta.url))

/** A process that writes, and what it has said until now. */
export interface WriterProcess {
  /** Resolves at the first acknowledgement after this call. @throws if the process ends before */
  acknowledgement(): Promise<void>
  /** Resolves when it has ended by itself, with its complaint. */
  ended(): Promise<string>
  /** kill -9. Resolves when everything that it said was read. */
  kill(): Promise<void>
  lives(): Map<string, KnownLife>
}

/** Starts a process that writes into a folder. */
export function startWriter(options: {
  directory: string
  prefix: string
  lanes: number
}): WriterProcess {
  const { directory, prefix, lanes } = options
  const child = spawn(process.execPath, [writerProgram, directory, prefix, String(lanes)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [said, complained] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text))
  const closed = once(child, 'close')
  return {
    async acknowledgement() {
      const before = said.length
      while (!said.includes('!', before)) {
        await Promise.race([once(child.stdout, 'data'), closed])
        if (hasEnded(child)) throw new Error(`The writer ended by itself: ${complained}`)
      }
    },
    ended: () => closed.then(() => complained),
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
    lives: () => livesIn(said),
  }
}

/**
 * Takes away the lock directory of a process that is known to be dead. An experiment of its own shows that the store
 * finds out by itself; that takes five seconds, and would take them in each of 500 rounds.
 */
export async function removeLock(directory: string): Promise<void> {
  await rm(join(directory, 'barbell.json.lock'), { recursive: true, force: true })
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function livesIn(said: string): Map<string, KnownLife> {
  const lives = new Map<string, KnownLife>()
  for (const [, sign, id = '', step] of said.matchAll(/^([?!]) (\S+) (\d+)$/gm)) {
    const life = lives.get(id) ?? { asked: 0, acknowledged: 0 }
    const count = Number(step) + 1
    lives.set(id, sign === '?' ? { ...life, asked: count } : { ...life, acknowledged: count })
  }
  return lives
}
