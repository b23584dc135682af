import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

/** Whoever is refused has waited six seconds for it, and eight processes share the machine with other tests. */
const patience = { timeout: 60_000 }

const starterProgram = fileURLToPath(new URL('../../support/lock-starter.ts', import.meta.url))

/** A process that wants locks, and what it has said. */
class Starter {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #closed: Promise<unknown>
  #said = ''

  private constructor(folders: readonly string[]) {
    this.#child = spawn(process.execPath, [starterProgram, ...folders], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#said += text))
    this.#closed = once(this.#child, 'close')
  }

  /** Resolves when it has loaded all it needs, and waits for `begin`. */
  static async ready(folders: readonly string[]): Promise<Starter> {
    const starter = new Starter(folders)
    onTestFinished(() => starter.kill())
    await starter.#until(() => starter.#said.startsWith('ready\n'))
    return starter
  }

  begin(): void {
    this.#child.stdin.write('begin\n')
  }

  /** The folders that it has ever held, once it was answered about all of them. */
  async held(folders: readonly string[]): Promise<string[]> {
    const has = (word: string, folder: string): boolean =>
      this.#said.includes(`\n${word} ${folder}\n`)
    await this.#until(() =>
      folders.every((folder) => has('held', folder) || has('refused', folder)),
    )
    return folders.filter((folder) => has('held', folder))
  }

  /** Lets it stand still, as in a machine that sleeps: it lives, and does nothing. */
  stop(): void {
    this.#child.kill('SIGSTOP')
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await Promise.race([once(this.#child.stdout, 'data'), this.#closed])
      const { exitCode, signalCode } = this.#child
      if (exitCode !== null || signalCode !== null) throw new Error(`It has ended: ${this.#said}`)
    }
  }
}

async function temporaryFolders(count: number): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), 'barbell-lock-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const folders = Array.from({ length: count }, (_, index) => join(root, `folder-${index}`))
  await Promise.all(folders.map((folder) => mkdir(folder)))
  return folders
}

/** As a killed process leaves it, a minute later. */
async function leaveStaleLock(folder: string): Promise<void> {
  const path = join(folder, 'barbell.json.lock')
  await mkdir(path)
  const aMinuteAgo = Date.now() / 1000 - 60
  await utimes(path, aMinuteAgo, aMinuteAgo)
}

/** Lets them all begin at once. @returns how many of them held each folder */
async function holders(
  folders: readonly string[],
  starters: readonly Starter[],
): Promise<number[]> {
  for (const starter of starters) starter.begin()
  const held = (await Promise.all(starters.map((starter) => starter.held(folders)))).flat()
  return folders.map((folder) => held.filter((other) => other === folder).length)
}

function startersReady(count: number, folders: readonly string[]): Promise<Starter[]> {
  return Promise.all(Array.from({ length: count }, () => Starter.ready(folders)))
}

test(
  'F2: of eight processes that find the lock of a dead one at the same moment, one gets it',
  patience,
  async () => {
    const folders = await temporaryFolders(40)
    await Promise.all(folders.map(leaveStaleLock))

    expect(await holders(folders, await startersReady(8, folders))).toEqual(folders.map(() => 1))
  },
)

test('F2: of eight that wait while the holder is killed, one gets its lock', patience, async () => {
  const folders = await temporaryFolders(10)
  const [first, ...others] = await startersReady(9, folders)
  if (first === undefined) throw new TypeError('no starter')
  expect(await holders(folders, [first])).toEqual(folders.map(() => 1))
  await first.kill()

  expect(await holders(folders, others)).toEqual(folders.map(() => 1))
})

test('F2: a holder that stands still for long goes on holding', patience, async () => {
  const folders = await temporaryFolders(1)
  const [first, second] = await startersReady(2, folders)
  if (first === undefined || second === undefined) throw new TypeError('no starter')
  expect(await holders(folders, [first])).toEqual([1])
  first.stop()

  expect(await holders(folders, [second])).toEqual([0])
})
