import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'
import { CommandFailed } from './command-failed.ts'
import type { Words } from './words-given.ts'

/** The person, or the script, that gave the command. */
export interface Terminal {
  /** Whether somebody is there who can be asked. */
  readonly isAttended: boolean
  /** @returns what was typed; nothing where it was broken off */
  ask(question: string): Promise<string>
  /** Shows how far a long command is, over what was shown before. Nothing where nobody looks. */
  showProgress(text: string): void
  /** Takes away what was shown last. */
  clear(): void
  /** Everything that is piped in, up to a limit. @returns null if there is more */
  readInput(maxBytes: number): Promise<string | null>
}

type MaybeTty<Stream> = Stream & { isTTY?: boolean }

const eraseLine = '\r\u001B[2K'

/** Standard input for what is typed or piped in; standard error for what is not the result. */
export function createTerminal(input: MaybeTty<Readable>, errors: MaybeTty<Writable>): Terminal {
  const isSeen = errors.isTTY === true
  let isDirty = false

  function write(text: string): void {
    isDirty = text !== eraseLine
    errors.write(text)
  }

  return {
    isAttended: input.isTTY === true && isSeen,
    async ask(question) {
      const lines = createInterface({ input, output: errors })
      const ended = once(lines, 'close').then(() => '')
      try {
        return (await Promise.race([lines.question(question), ended])).trim()
      } catch (error) {
        if (!(error instanceof Error && error.name === 'AbortError')) throw error
        errors.write('\n') // Ctrl-C and Ctrl-D leave the cursor behind the question
        return ''
      } finally {
        lines.close()
      }
    },
    showProgress(text) {
      if (isSeen) write(`${eraseLine}${text}`)
    },
    clear() {
      if (isDirty) write(eraseLine)
    },
    async readInput(maxBytes) {
      const chunks: Buffer[] = []
      let bytes = 0
      for await (const chunk of input) {
        chunks.push(Buffer.from(chunk as Uint8Array))
        bytes += (chunk as Uint8Array).length
        if (bytes > maxBytes) return null
      }
      return Buffer.concat(chunks).toString('utf8')
    },
  }
}

/** The option of every command that cannot be undone. */
export const yesOption = { yes: { effect: 'does not ask whether it is meant' } } as const

/**
 * Goes on only if it is meant: with `--yes`, or after somebody at the terminal typed yes.
 * @param effect completes "This ..."
 * @throws {CommandFailed} where it is not
 */
export async function confirm(words: Words, terminal: Terminal, effect: string): Promise<void> {
  if (words.switches.has('yes')) return
  if (!terminal.isAttended) {
    throw new CommandFailed(`This ${effect}: give --yes as well if it is meant. Nothing was done.`)
  }
  const answer = await terminal.ask(`This ${effect}. Type "yes" to go on: `)
  if (answer !== 'yes') throw new CommandFailed('Nothing was done.')
}
