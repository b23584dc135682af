import type { Store } from '#store/store.ts'
import type { AcceptedKeys } from './accepted-keys.ts'
import type { Clock } from './clock.ts'
import type { Limiter } from './limiter.ts'
import type { LoginGuard } from './login-guard.ts'
import type { PasswordHasher } from './password-hasher.ts'
import type { Random } from './random.ts'
import type { Secrets } from './secrets.ts'
import type { SigningKeys } from './signing-keys.ts'

/** What the domain knows about where it runs. */
export interface AuthSettings {
  /** The `iss` of every token: the public URL of this server. */
  issuer: string
  /** The `aud` of every token: the API that it opens. */
  audience: string
}

/** What the rules of the domain work with. */
export interface AuthParts {
  store: Store
  clock: Clock
  random: Random
  limiter: Limiter
  loginGuard: LoginGuard
  secrets: Secrets
  hasher: PasswordHasher
  acceptedKeys: AcceptedKeys
  signingKeys: SigningKeys
  /** Matches no password; an unknown account is checked against it, for the time that it takes. */
  nobodysPasswordHash: string
  settings: AuthSettings
}
