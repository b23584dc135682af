/** So many calls in a window, counted from the first of them. */
export interface LimitRule {
  /** Calls per window. */
  readonly limit: number
  readonly windowSeconds: number
}

/** Every limit with its default. The part after `_` says what has a counter of its own. */
export const limits = {
  /** Attempts to sign in to one account; a success starts the count anew. */
  login_account: { limit: 10, windowSeconds: 15 * 60 },
  /** The same over a day, so that patience does not help either (NIST SP 800-63B-4: at most 100). */
  login_account_day: { limit: 100, windowSeconds: 24 * 60 * 60 },
  login_address: { limit: 50, windowSeconds: 15 * 60 },
  login_global: { limit: 3000, windowSeconds: 15 * 60 },
  register_address: { limit: 20, windowSeconds: 60 * 60 },
  sandbox_address: { limit: 30, windowSeconds: 60 * 60 },
  sandbox_global: { limit: 2000, windowSeconds: 60 * 60 },
  /** Refused API keys from one address. */
  key_failures_address: { limit: 100, windowSeconds: 5 * 60 },
  /** Calls with one API key. */
  api_key: { limit: 600, windowSeconds: 60 },
  /** Calls to the API from one address. */
  api_address: { limit: 1200, windowSeconds: 60 },
} as const satisfies Record<string, LimitRule>

export type LimitName = keyof typeof limits
