import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { AppendFile, readOwnFile, removeLeftovers, replaceFile } from '#store/durable-file.ts'

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-file-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8)
}

test('a file is replaced as a whole, for its owner only, and nothing is left beside it', async () => {
  const directory = await temporaryDirectory()
  const path = join(directory, 'file')
  await writeFile(path, 'a longer old text', { mode: 0o666 })
  await replaceFile(path, 'new')

  expect(await readFile(path, 'utf8')).toBe('new')
  expect(await modeOf(path)).toBe('600')
  expect(await readdir(directory)).toEqual(['file'])
})

test('many short lines are written whole, in few turns of the event loop', async () => {
  const path = join(await temporaryDirectory(), 'file')
  let turn = 0
  const timer = setInterval(() => (turn += 1))
  onTestFinished(() => clearInterval(timer))
  const text = Array.from({ length: 10_000 }, (_, at) => `line ${at} of a file with short lines\n`)
  const turns = new Set<number>()
  function* lines(): Generator<string> {
    for (const line of text) {
      turns.add(turn)
      yield line
    }
  }
  await replaceFile(path, lines())

  expect(await readFile(path, 'utf8')).toBe(text.join(''))
  expect(turns.size).toBeLessThan(20)
})

test('F3: a file that cannot be replaced is as it was, and nothing is left beside it', async () => {
  const directory = await temporaryDirectory()
  const path = join(directory, 'file')
  await mkdir(join(path, 'not empty'), { recursive: true }) // so that rename fails

  await expect(replaceFile(path, 'new')).rejects.toThrow()
  expect(await readdir(directory)).toEqual(['file'])
})

test('F1: what a killed process left half-written is removed, other files stay', async () => {
  const directory = await temporaryDirectory()
  for (const name of ['file', 'file.writing-1', 'file.bak', 'other.writing-1']) {
    await writeFile(join(directory, name), '')
  }
  await removeLeftovers(directory, (name) => name === 'file')

  expect((await readdir(directory)).sort()).toEqual(['file', 'file.bak', 'other.writing-1'])
})

test('F6: a file that others could read is theirs no longer once it was read', async () => {
  const path = join(await temporaryDirectory(), 'file')
  await writeFile(path, 'text', { mode: 0o644 })

  expect(await readOwnFile(path)).toBe('text')
  expect(await modeOf(path)).toBe('600')
})

test('F6: a symlink or a directory in place of a file is refused', async () => {
  const directory = await temporaryDirectory()
  await writeFile(join(directory, 'file'), 'text')
  await symlink(join(directory, 'file'), join(directory, 'link'))

  for (const path of [join(directory, 'link'), directory]) {
    await expect(readOwnFile(path)).rejects.toThrow(/is not a plain file/)
    await expect(AppendFile.open(path)).rejects.toThrow(/is not a plain file/)
  }
  expect(await readOwnFile(join(directory, 'none'))).toBeNull()
})

async function openLog(path: string): Promise<AppendFile> {
  const log = await AppendFile.open(path)
  onTestFinished(() => log.close())
  return log
}

test('lines are appended, cut and read from the end', async () => {
  const path = join(await temporaryDirectory(), 'log')
  const log = await openLog(path)
  await log.append(['one', 'zwei ü'])
  const size = log.size
  await log.append(['three'])

  expect(await modeOf(path)).toBe('600')
  expect(await log.lastLines(2)).toEqual(['three', 'zwei ü'])
  expect(await log.lastLines(9)).toEqual(['three', 'zwei ü', 'one'])
  await log.cutTo(size)
  await log.append(['3'])
  expect(await readFile(path, 'utf8')).toBe('one\nzwei ü\n3\n')
})

test('lines are read from the end across pieces of 64 KiB', async () => {
  const log = await openLog(join(await temporaryDirectory(), 'log'))
  const lines = Array.from({ length: 3000 }, (_, index) => `${index} ${'ü'.repeat(50)}`)
  await log.append(lines)

  expect(await log.lastLines(2000)).toEqual(lines.toReversed().slice(0, 2000))
  expect(await log.lastLines(5000)).toEqual(lines.toReversed())
})

test.each([
  ['one\ntw', 'one\n'],
  ['no line at all', ''],
  [`one\n${'x'.repeat(100_000)}`, 'one\n'],
])('F1: a last line that a crash left unfinished is cut off', async (found, kept) => {
  const path = join(await temporaryDirectory(), 'log')
  await appendFile(path, found)
  const log = await openLog(path)
  await log.append(['next'])

  expect(await readFile(path, 'utf8')).toBe(`${kept}next\n`)
})
