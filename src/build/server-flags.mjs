// @ts-check
/**
 * What Node is given beside the server, wherever it is started. Without it V8 keeps up to 170 MB for objects that have
 * just been made; with 4 MB of them 1,000,000 calls leave 12 MB more than there were, with 8 MB 29, and a key check is
 * faster than without (`npm run bench -- keys memory`).
 */
export const serverFlags = ['--max-semi-space-size=4']
