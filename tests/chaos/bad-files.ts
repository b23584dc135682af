import {
  chmod,
  lstat,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { addToRing } from '#store/backup-ring.ts'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { StoreRefused } from '#store/store.ts'
import { type Experiment, outcomeOf, temporaryFolder } from './experiment.ts'
import { deeds, live } from './life.ts'

const clock = { nowMs: () => Date.now() }
const tornPlaces = 20

/** What is done to the good text of the file. */
type Harm = readonly [kind: string, harm: (good: string) => string]

/** Every kind of text that the file may not have. A restore mends each, so each is refused with a backup to restore. */
const harms: readonly Harm[] = [
  ['empty', () => ''],
  ['blank', () => ' \n'],
  ['zeros', (good) => '\0'.repeat(good.length)],
  ['zeros at its end', (good) => good.slice(0, -64) + '\0'.repeat(64)],
  ...Array.from({ length: tornPlaces }, (_, place): Harm => [
    `torn at ${place + 1}/${tornPlaces + 1}`,
    (good) => good.slice(0, Math.floor((good.length * (place + 1)) / (tornPlaces + 1))),
  ]),
  ['two texts in a row', (good) => good + good],
  ['another program’s JSON', () => '{"users":[]}'],
  ['no object', () => '[]'],
  ['no version', (good) => good.replace(/"version":\d+,/, '')],
  ['version 0', (good) => good.replace(/"version":\d+/, '"version":0')],
  ['a table missing', (good) => good.replace('"sessions"', '"guests"')],
  ['a table that is no list', (good) => good.replace('"sessions":[\n\n]', '"sessions":{}')],
  ['text for a number', (good) => good.replace(/"createdAtMs":(\d+)/, '"createdAtMs":"$1"')],
  ['a negative time', (good) => good.replace(/"createdAtMs":/, '"createdAtMs":-')],
  ['null for text', (good) => good.replace(/"passwordHash":"[^"]+"/, '"passwordHash":null')],
  ['an unknown kind', (good) => good.replace('"kind":"own"', '"kind":"admin"')],
  ['a member missing', (good) => good.replace(/"passwordVersion":1,/, '')],
  ['an unknown member', (good) => good.replace('"kind":', '"isAdmin":true,"kind":')],
  ['an account twice', (good) => good.replace(/("accounts":\[\n)(.*?),?\n/, '$1$2,\n$2,\n')],
  ['a key twice', (good) => good.replace(/("keys":\[\n)(.*?),?\n/, '$1$2,\n$2,\n')],
  ['a name twice', (good) => good.replace('"canonicalName":"two"', '"canonicalName":"one"')],
  ['a digest twice', (good) => good.replace('"p1:two/a"', '"p1:one/a"')],
]

/** Something else than our file under its name: refused with what to do, which is not a restore. */
const obstacles: readonly [string, RegExp, (path: string) => Promise<void>][] = [
  [
    'a newer version',
    /start the newer one/,
    async (path) => {
      const good = await readFile(path, 'utf8')
      await writeFile(path, good.replace(/"version":\d+/, '"version":99'))
    },
  ],
  ['a symlink', /not a plain file/, (path) => swap(path, () => symlink(`${path}.away`, path))],
  ['a folder', /not a plain file/, (path) => swap(path, () => mkdir(path))],
  [
    'a log that is a symlink',
    /not a plain file/,
    (path) => {
      const log = path.replace('barbell.json', 'audit.jsonl')
      return swap(log, () => symlink(`${log}.away`, log))
    },
  ],
]

/** Every kind of bad file in the store's place. */
export const badFiles: Experiment = {
  name: 'bad-files',
  claim: 'each bad file is refused by name with what to do, and is left as it is',
  async run({ onProgress }) {
    await using folder = await temporaryFolder()
    const { directory, backup } = await makeStore(join(folder.path, 'texts'))
    const path = join(directory, 'barbell.json')
    const good = await readFile(path, 'utf8')
    const wrong: string[] = []
    for (const [kind, harm] of harms) {
      onProgress(kind)
      wrong.push(...(await tryText({ directory, backup, kind, good, bad: harm(good) })))
    }
    wrong.push(...(await tryMissing({ directory, backup, good })))
    for (const [kind, message, place] of obstacles) {
      onProgress(kind)
      const each = await makeStore(join(folder.path, kind))
      await place(join(each.directory, 'barbell.json'))
      const refusal = await refusalIn(each.directory)
      if (refusal === null || !message.test(refusal)) wrong.push(`${kind}: ${refusal ?? 'opened'}`)
    }
    wrong.push(...(await tryModes(directory)))
    const count = harms.length + obstacles.length + 1
    return outcomeOf(wrong, `${count} kinds refused; modes that were too open closed`)
  },
}

/** A closed store with two accounts and a backup in its ring. */
async function makeStore(directory: string): Promise<{ directory: string; backup: string }> {
  const store = await openLowdbStore({ directory, clock })
  for (const id of ['one', 'two']) {
    for (const step of deeds.keys()) if (deeds[step] !== 'delete') await live(store, id, step)
  }
  await store.close()
  return { directory, backup: (await addToRing({ directory, clock })).path }
}

async function tryText(what: {
  directory: string
  backup: string
  kind: string
  good: string
  bad: string
}): Promise<string[]> {
  const { directory, backup, kind, good, bad } = what
  const path = join(directory, 'barbell.json')
  if (bad === good) return [`${kind}: nothing was harmed`]
  await writeFile(path, bad)
  const refusal = await refusalIn(directory)
  const kept = await readFile(path, 'utf8')
  await writeFile(path, good)
  if (refusal === null) return [`${kind}: opened`]
  const isClear = [path, backup, 'Nothing was started'].every((part) => refusal.includes(part))
  if (!isClear) return [`${kind}: not clear: ${refusal}`]
  return kept === bad ? [] : [`${kind}: the bad file was changed`]
}

async function tryMissing(what: {
  directory: string
  backup: string
  good: string
}): Promise<string[]> {
  const path = join(what.directory, 'barbell.json')
  await rm(path)
  const refusal = await refusalIn(what.directory)
  const isMade = (await lstat(path).catch(() => null)) !== null
  await writeFile(path, what.good)
  if (refusal?.includes(what.backup) !== true) return [`missing: ${refusal ?? 'opened'}`]
  return isMade ? ['missing: an empty one was made'] : []
}

async function tryModes(directory: string): Promise<string[]> {
  const paths = ['barbell.json', 'audit.jsonl'].map((name) => join(directory, name))
  for (const path of paths) await chmod(path, 0o666)
  await chmod(directory, 0o755)
  const refusal = await refusalIn(directory)
  if (refusal !== null) return [`open modes: ${refusal}`]
  const modes = [...paths, directory].map(async (path) => [path, (await stat(path)).mode & 0o077])
  return (await Promise.all(modes)).flatMap(([path, mode]) => (mode === 0 ? [] : [`open: ${path}`]))
}

async function swap(path: string, place: () => Promise<unknown>): Promise<void> {
  await rename(path, `${path}.away`)
  await place()
}

/** What the store says to whoever opens it; null if it opens. */
async function refusalIn(directory: string): Promise<string | null> {
  try {
    await (await openLowdbStore({ directory, clock })).close()
    return null
  } catch (error) {
    if (error instanceof StoreRefused) return error.message
    throw error
  }
}
