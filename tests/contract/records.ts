import type {
  AccountRecord,
  AuditEvent,
  KeyRecord,
  SessionRecord,
  SigningKeyRecord,
} from '#store/store.ts'

/** Noon of 1 March 2026. */
export const nowMs = Date.parse('2026-03-01T12:00:00Z')

let made = 0

function nextId(): string {
  made += 1
  return `record-${made}`
}

export function accountRecord(given: Partial<AccountRecord> = {}): AccountRecord {
  const id = nextId()
  return {
    id,
    username: `Name-${id}`,
    canonicalName: `name-${id}`,
    kind: 'own',
    passwordHash: 'p1:hash',
    passwordVersion: 1,
    seedDigest: null,
    createdAtMs: nowMs,
    expiresAtMs: null,
    disabledAtMs: null,
    ...given,
  }
}

export function keyRecord(given: Partial<KeyRecord> & { accountId: string }): KeyRecord {
  const id = nextId()
  return {
    id,
    digest: `p1:digest of ${id}`,
    label: 'API key',
    hint: 'wxyz',
    createdAtMs: nowMs,
    expiresAtMs: null,
    revokedAtMs: null,
    lastUsedAtMs: null,
    successorId: null,
    ...given,
  }
}

export function sessionRecord(
  given: Partial<SessionRecord> & { accountId: string },
): SessionRecord {
  return {
    id: nextId(),
    createdAtMs: nowMs,
    expiresAtMs: nowMs + 30 * 60 * 1000,
    userAgent: 'vitest',
    address: '192.0.2.1',
    confirmedAtMs: nowMs,
    ...given,
  }
}

export function signingKeyRecord(given: Partial<SigningKeyRecord> = {}): SigningKeyRecord {
  const id = nextId()
  return {
    id,
    publicX: 'x',
    sealedPrivateKey: 'sealed',
    createdAtMs: nowMs,
    endsAtMs: null,
    ...given,
  }
}

export function auditRecord(given: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: nextId(),
    atMs: nowMs,
    action: 'account_registered',
    outcome: 'done',
    accountId: null,
    subjectId: null,
    because: null,
    address: '192.0.2.1',
    requestId: 'request-1',
    userAgent: 'vitest',
    ...given,
  }
}
