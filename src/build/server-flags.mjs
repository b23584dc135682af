// @ts-check

/** Its reason is below. */
export const noPretenuring = '--no-allocation-site-pretenuring'

/**
 * What Node is given beside the server, wherever it is started. Figures: tests/bench/results.md.
 *
 * Without the first V8 keeps up to 170 MB for objects that have just been made (`npm run bench -- memory`).
 *
 * Without the second V8 may take something that each request makes for long-lived, because those that were made during the
 * start happened to be, and makes it an old object from then on; an old one keeps what it refers to, the whole request,
 * until the next full collection. Every call then takes more processor time (`npm run bench -- late-ticks`).
 */
export const serverFlags = ['--max-semi-space-size=4', noPretenuring]
