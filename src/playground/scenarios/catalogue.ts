import { cookieNotSent } from './cookie-not-sent.ts'
import { crossSitePost } from './cross-site-post.ts'
import { expiredToken } from './expired-token.ts'
import { firstCall } from './first-call.ts'
import { loggedOutToken } from './logged-out-token.ts'
import { rateLimit } from './rate-limit.ts'
import { revokedKey } from './revoked-key.ts'
import type { Scenario } from './scenario.ts'
import { tamperedToken } from './tampered-token.ts'
import { tokenFlow } from './token-flow.ts'
import { wrongHeader } from './wrong-header.ts'
import { wrongKey } from './wrong-key.ts'

/** Every scenario, from the simple ones to the attacks. A new one is a file and a line here. */
export const scenarios: readonly Scenario[] = [
  firstCall,
  tokenFlow,
  wrongKey,
  revokedKey,
  wrongHeader,
  expiredToken,
  tamperedToken,
  cookieNotSent,
  loggedOutToken,
  rateLimit,
  crossSitePost,
]

/** @returns undefined where there is none of this name */
export function scenarioNamed(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name)
}
