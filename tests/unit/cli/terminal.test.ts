import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { CommandFailed } from '../../../src/cli/command-failed.ts'
import type { Words } from '../../../src/cli/words-given.ts'
import { readPassword } from '../../../src/cli/password-input.ts'
import { confirm, createTerminal } from '../../../src/cli/terminal.ts'
import { readConfig } from '../../../src/config.ts'

/** A terminal, with somebody at it or without. */
function terminalWith(given: { isTTY: boolean; typed?: string }) {
  const input = Object.assign(new PassThrough(), { isTTY: given.isTTY })
  const errors = Object.assign(new PassThrough(), { isTTY: given.isTTY })
  if (given.typed !== undefined) input.end(given.typed)
  const shown = (): string => String((errors.read() as Buffer | null) ?? '')
  return { terminal: createTerminal(input, errors), shown }
}

const noWords: Words = { places: [], switches: new Set(), values: new Map() }

test('what cannot be undone is asked for, and done after "yes" only', async () => {
  const yes = terminalWith({ isTTY: true, typed: 'yes\n' })
  await confirm(noWords, yes.terminal, 'removes everything')
  expect(yes.shown()).toContain('This removes everything. Type "yes" to go on: ')

  for (const typed of ['y\n', '\n', 'no\n', 'YES!\n']) {
    const { terminal } = terminalWith({ isTTY: true, typed })
    await expect(confirm(noWords, terminal, 'removes everything')).rejects.toThrow(CommandFailed)
  }
})

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
  ['the end of the input', ''],
])('whoever answers with %s means no', async (_, typed) => {
  const { terminal } = terminalWith({ isTTY: true, typed })
  const asked = confirm(noWords, terminal, 'removes everything')
  await expect(asked).rejects.toThrow(new CommandFailed('Nothing was done.'))
})

test('nobody is asked where --yes was given, and where nobody is', async () => {
  const attended = terminalWith({ isTTY: true })
  await confirm({ ...noWords, switches: new Set(['yes']) }, attended.terminal, 'removes everything')
  expect(attended.shown()).toBe('')
  const script = terminalWith({ isTTY: false, typed: 'yes\n' })
  const asked = confirm(noWords, script.terminal, 'removes everything')
  await expect(asked).rejects.toThrow(/give --yes as well .* Nothing was done/)
  expect(script.shown()).toBe('')
})

test('progress is shown on one line to who looks, and to nobody else', () => {
  const attended = terminalWith({ isTTY: true })
  attended.terminal.showProgress('10 copied')
  attended.terminal.showProgress('20 copied')
  attended.terminal.clear()
  expect(attended.shown()).toBe('\r\u001B[2K10 copied\r\u001B[2K20 copied\r\u001B[2K')
  attended.terminal.clear()
  const script = terminalWith({ isTTY: false })
  script.terminal.showProgress('10 copied')
  script.terminal.clear()
  expect([attended.shown(), script.shown()]).toEqual(['', ''])
})

test('a password is not typed where it would be seen', async () => {
  const { terminal } = terminalWith({ isTTY: true, typed: 'a quiet frozen lake\n' })
  const words = { ...noWords, switches: new Set(['password-stdin']) }
  const world = { terminal, readConfig: () => readConfig({}), resolvePath: (path: string) => path }
  await expect(readPassword(words, world)).rejects.toThrow(/from a pipe or a file/)
})
