import type { AuditAction, AuditEvent } from '#store/store.ts'
import type { Caller } from './auth.ts'
import type { Clock } from './clock.ts'
import { type Random, randomId } from './random.ts'
import { oneLine } from './text.ts'

/**
 * An event as it happens now. Takes no text that somebody typed into a form: a password typed into the
 * username field must not end up in a log.
 */
export function auditEvent(
  parts: { clock: Clock; random: Random },
  caller: Caller,
  what: {
    action: AuditAction
    outcome?: AuditEvent['outcome']
    accountId?: string
    subjectId?: string
    because?: string
  },
): AuditEvent {
  return {
    id: randomId(parts.random),
    atMs: parts.clock.nowMs(),
    action: what.action,
    outcome: what.outcome ?? 'done',
    accountId: what.accountId ?? null,
    subjectId: what.subjectId ?? null,
    because: what.because ?? null,
    address: caller.address,
    requestId: caller.requestId,
    userAgent: oneLine(caller.userAgent ?? ''),
  }
}

/** The caller of what the server does by itself. */
export const serverItself: Caller = { address: 'server', requestId: 'start' }

/** The caller of what is done by command, on the server's own machine. */
export const operator: Caller = { address: 'server', requestId: 'command' }
