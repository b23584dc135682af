/** How long a token, and the session that it belongs to, is good for. */
export const tokenTtlSeconds = 30 * 60 // half an hour

/** The same where a sandbox account asks for a token that ends while one looks. */
export const shortTokenTtlSeconds = 5

/** How far the clocks of two servers may be apart. */
export const clockToleranceSeconds = 60
