/** How long a token, and the session that it belongs to, is good for. */
export const tokenTtlSeconds = 30 * 60 // half an hour

/** How far the clocks of two servers may be apart. */
export const clockToleranceSeconds = 60
