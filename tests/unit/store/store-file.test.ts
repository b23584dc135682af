import { expect, test } from 'vitest'
import { parseStoreFile } from '#store/store-file.ts'
import {
  accountRecord,
  keyRecord,
  nowMs,
  sessionRecord,
  signingKeyRecord,
} from '../../contract/records.ts'

const account = accountRecord()
const key = keyRecord({ accountId: account.id })
const session = sessionRecord({ accountId: account.id, createdAtMs: nowMs - 1000 })
const signingKey = signingKeyRecord()

function without(record: object, member: string): object {
  return { ...record, [member]: undefined } // JSON leaves it out
}

/** What a server of version 1 wrote of the same records. */
function textOfVersion1(change: object = {}): string {
  return JSON.stringify({
    format: 'barbell-store',
    version: 1,
    savedAtMs: nowMs,
    accounts: [without(without(account, 'passwordVersion'), 'disabledAtMs')],
    keys: [key],
    sessions: [without(session, 'confirmedAtMs')],
    signingKeys: [without(signingKey, 'endsAtMs')],
    ...change,
  })
}

test('a file of version 1 is read: its sessions were confirmed when they began, its key signs', () => {
  const { tables } = parseStoreFile(textOfVersion1(), 'barbell.json')

  expect(tables.accounts.get(account.id)).toEqual({ ...account, passwordVersion: 1 })
  expect(tables.keys.get(key.id)).toEqual(key)
  expect(tables.sessions.get(session.id)).toEqual({ ...session, confirmedAtMs: nowMs - 1000 })
  expect(tables.signingKeys.get(signingKey.id)).toEqual({ ...signingKey, endsAtMs: null })
})

test('a file of version 2 is read: its accounts are open', () => {
  const text = textOfVersion1({
    version: 2,
    accounts: [without({ ...account, passwordVersion: 4 }, 'disabledAtMs')],
    sessions: [session],
    signingKeys: [signingKey],
  })
  const { tables } = parseStoreFile(text, 'barbell.json')

  expect(tables.accounts.get(account.id)).toEqual({ ...account, passwordVersion: 4 })
  expect(tables.sessions.get(session.id)).toEqual(session)
  expect(tables.writes).toBe(0)
})

test.each([
  ['a member of a later version', { sessions: [session] }],
  ['a member missing', { keys: undefined }],
  ['the version of none', { version: 0 }],
])('F4: a file of version 1 with %s is damaged', (_, change) => {
  expect(() => parseStoreFile(textOfVersion1(change), 'barbell.json')).toThrow(/is damaged/)
})
