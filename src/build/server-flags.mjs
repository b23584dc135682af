// @ts-check
/**
 * What Node is given beside the server, wherever it is started. Without it V8 keeps up to 170 MB for objects that have
 * just been made. What 1,000,000 calls leave with it is in tests/bench/results.md (`npm run bench -- memory`).
 */
export const serverFlags = ['--max-semi-space-size=4']
