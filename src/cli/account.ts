import type { OperatorAccount } from '#auth/operator-actions.ts'
import { columns, moment, momentOrNull } from './columns.ts'
import type { Command } from './command.ts'
import { type Ask, withOperator } from './operator-access.ts'
import { passwordOption, passwordShown, readPassword } from './password-input.ts'
import { confirm, yesOption } from './terminal.ts'

const pageSize = 1000

const add: Command = {
  name: 'account add',
  places: ['NAME'],
  options: passwordOption,
  summary: 'opens an account',
  details: [
    'Opens an account with a random password, and shows the password this once.',
    'Name and password keep to the rules of registration.',
  ],
  async run(words, world) {
    const [username = ''] = words.places
    const config = world.readConfig()
    const chosen = await readPassword(words, world)
    const { password } = await withOperator(config, (ask) =>
      ask('account add', { username, password: chosen }),
    )
    return { text: `The account ${username} is open.${passwordShown(password)}` }
  },
}

const list: Command = {
  name: 'account list',
  places: [],
  options: {
    all: { effect: 'shows sandbox accounts as well' },
    json: { effect: 'writes a JSON array' },
  },
  summary: 'shows the accounts',
  details: ['Shows every account with its id, since when it is there, and whether it is disabled.'],
  async run(words, { readConfig, terminal }) {
    const show = (count: number): void => terminal.showProgress(`${count} accounts read`)
    const all = await withOperator(readConfig(), (ask) => readAccounts(ask, show))
    const shown = all
      .filter(({ kind }) => kind === 'own' || words.switches.has('all'))
      .sort((a, b) => (a.username.toLowerCase() < b.username.toLowerCase() ? -1 : 1))
    return { text: words.switches.has('json') ? asJson(shown) : asTable(shown) }
  },
}

const disable: Command = {
  name: 'account disable',
  places: ['NAME'],
  options: {},
  summary: 'closes an account until it is enabled',
  details: [
    'Ends every session of the account. Its keys and its password are refused from the next request on,',
    'with the same answers as unknown ones. Nothing of the account is lost.',
  ],
  async run({ places: [username = ''] }, { readConfig }) {
    await withOperator(readConfig(), (ask) => ask('account disable', { username }))
    return { text: `The account ${username} is disabled. "account enable" opens it again.` }
  },
}

const enable: Command = {
  name: 'account enable',
  places: ['NAME'],
  options: {},
  summary: 'opens a disabled account again',
  details: ['Password and keys of the account count again. Its sessions stay over.'],
  async run({ places: [username = ''] }, { readConfig }) {
    await withOperator(readConfig(), (ask) => ask('account enable', { username }))
    return { text: `The account ${username} is enabled.` }
  },
}

const resetPassword: Command = {
  name: 'account reset-password',
  places: ['NAME'],
  options: { ...passwordOption, 'revoke-keys': { effect: 'revokes every API key as well' } },
  summary: 'sets another password and ends all sessions',
  details: [
    'Sets a random password, shows it this once, and ends every session of the account.',
    'Its API keys go on unless they are revoked as well.',
  ],
  async run(words, world) {
    const [username = ''] = words.places
    const revokeKeys = words.switches.has('revoke-keys')
    const config = world.readConfig()
    const chosen = await readPassword(words, world)
    const { password } = await withOperator(config, (ask) =>
      ask('account reset-password', { username, password: chosen, revokeKeys }),
    )
    const ended = revokeKeys ? 'its sessions and API keys have ended' : 'its sessions have ended'
    return {
      text: `The account ${username} has another password, and ${ended}.${passwordShown(password)}`,
    }
  },
}

const remove: Command = {
  name: 'account delete',
  places: ['NAME'],
  options: yesOption,
  summary: 'removes an account for good',
  details: [
    'Removes the account with its keys and sessions. The audit log keeps what happened.',
    'Somebody else can register the name then, and inherits nothing.',
  ],
  async run(words, { readConfig, terminal }) {
    const [username = ''] = words.places
    const config = readConfig()
    await confirm(words, terminal, `removes the account ${JSON.stringify(username)} for good`)
    await withOperator(config, (ask) => ask('account delete', { username }))
    return { text: `The account ${username} is gone.` }
  },
}

/** `account ...`: who can sign in. */
export const accountCommands: readonly Command[] = [
  add,
  list,
  disable,
  enable,
  resetPassword,
  remove,
]

async function readAccounts(ask: Ask, show: (count: number) => void): Promise<OperatorAccount[]> {
  const accounts: OperatorAccount[] = []
  let afterId: string | null = null
  do {
    const page: { accounts: OperatorAccount[]; lastId: string | null } = await ask('account list', {
      afterId,
      limit: pageSize,
    })
    accounts.push(...page.accounts)
    afterId = page.lastId
    show(accounts.length)
  } while (afterId !== null)
  return accounts
}

function asJson(accounts: readonly OperatorAccount[]): string {
  const rows = accounts.map(({ id, username, kind, createdAtMs, expiresAtMs, disabledAtMs }) => ({
    id,
    username,
    kind,
    created_at: momentOrNull(createdAtMs),
    expires_at: momentOrNull(expiresAtMs),
    disabled_at: momentOrNull(disabledAtMs),
  }))
  return JSON.stringify(rows, null, 2)
}

function asTable(accounts: readonly OperatorAccount[]): string {
  if (accounts.length === 0) return 'There are no accounts.'
  const rows = accounts.map(({ id, username, kind, createdAtMs, disabledAtMs }) => [
    username,
    disabledAtMs === null ? kind : `${kind}, disabled`,
    moment(createdAtMs),
    id,
  ])
  return columns(['NAME', 'KIND', 'CREATED', 'ID'], rows)
}
