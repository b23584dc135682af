import type { Command } from './command.ts'
import { withOperator } from './operator-access.ts'
import { confirm, yesOption } from './terminal.ts'

const rotate: Command = {
  name: 'signing-key rotate',
  places: [],
  options: {},
  summary: 'signs tokens with a new key',
  details: ['Tokens of the key before it are good until they end, in half an hour at the latest.'],
  async run(_, { readConfig }) {
    const { keyId } = await withOperator(readConfig(), (ask) => ask('signing-key rotate', {}))
    return {
      text: `New tokens are signed with the key ${keyId}.\nTokens of the key before it are good until they end, in half an hour at the latest.`,
    }
  },
}

const drop: Command = {
  name: 'signing-key drop',
  places: [],
  options: yesOption,
  summary: 'refuses every token at once: for a signing key that leaked',
  details: [
    'Forgets every signing key and ends every session, then signs with a new key.',
    'Everybody has to sign in again. API keys go on.',
  ],
  async run(words, { readConfig, terminal }) {
    const config = readConfig()
    await confirm(words, terminal, 'signs everybody out')
    const { keyId } = await withOperator(config, (ask) => ask('signing-key drop', {}))
    return {
      text: `New tokens are signed with the key ${keyId}.\nEvery token made until now is refused, and everybody has to sign in again.`,
    }
  },
}

/** `signing-key ...`: the key that tokens are signed with. */
export const signingKeyCommands: readonly Command[] = [rotate, drop]
