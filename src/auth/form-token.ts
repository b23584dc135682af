import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secrets } from './secrets.ts'

/** The token that a form of this session must carry: 43 characters. */
export function formToken(secrets: Secrets, sessionId: string): string {
  return digest(secrets, secrets.currentId, sessionId).toString('base64url')
}

/** Whether a form of this session may carry this. Tokens of an older pepper are good as well. */
export function isFormToken(secrets: Secrets, sessionId: string, value: string): boolean {
  const given = Buffer.from(value, 'base64url')
  return secrets.ids
    .map((pepperId) => digest(secrets, pepperId, sessionId))
    .some((right) => given.length === right.length && timingSafeEqual(given, right))
}

function digest(secrets: Secrets, pepperId: string, sessionId: string): Buffer {
  return createHmac('sha256', secrets.key('form-token', pepperId)).update(sessionId).digest()
}
