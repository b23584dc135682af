import type { OperatorKey } from '#auth/operator-actions.ts'
import { columns, moment, momentOrNull } from './columns.ts'
import type { Command } from './command.ts'
import { withOperator } from './operator-access.ts'

const list: Command = {
  name: 'key list',
  places: ['NAME'],
  options: { json: { effect: 'writes a JSON array' } },
  summary: 'shows the API keys of an account',
  details: [
    'Shows every valid key with its id, its label, its last four characters and when it was used last.',
    'The keys themselves are stored nowhere.',
  ],
  async run({ places: [username = ''], switches }, { readConfig }) {
    const { keys } = await withOperator(readConfig(), (ask) => ask('key list', { username }))
    return { text: switches.has('json') ? asJson(keys) : asTable(keys) }
  },
}

const revoke: Command = {
  name: 'key revoke',
  places: ['NAME', 'KEY_ID'],
  options: {},
  summary: 'revokes an API key of an account',
  details: ['The key is refused from the next request on. "key list" shows the ids.'],
  async run({ places: [username = '', keyId = ''] }, { readConfig }) {
    await withOperator(readConfig(), (ask) => ask('key revoke', { username, keyId }))
    return { text: `The key ${keyId} of ${username} is revoked.` }
  },
}

/** `key ...`: the API keys of an account. */
export const keyCommands: readonly Command[] = [list, revoke]

function asJson(keys: readonly OperatorKey[]): string {
  const rows = keys.map(({ id, label, hint, createdAtMs, expiresAtMs, lastUsedAtMs }) => ({
    id,
    label,
    hint,
    created_at: momentOrNull(createdAtMs),
    expires_at: momentOrNull(expiresAtMs),
    last_used_at: momentOrNull(lastUsedAtMs),
  }))
  return JSON.stringify(rows, null, 2)
}

function asTable(keys: readonly OperatorKey[]): string {
  if (keys.length === 0) return 'The account has no valid key.'
  const rows = keys.map(({ id, label, hint, createdAtMs, expiresAtMs, lastUsedAtMs }) => [
    id,
    `...${hint}`,
    moment(createdAtMs),
    moment(lastUsedAtMs),
    moment(expiresAtMs),
    label,
  ])
  return columns(['ID', 'KEY', 'CREATED', 'LAST USED', 'ENDS', 'LABEL'], rows)
}
