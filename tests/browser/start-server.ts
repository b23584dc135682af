import { startBuiltServer } from '../support/built-server.ts'

/** Starts the built server for all browser tests of this run, and proves that SIGTERM ends it cleanly. */
export default async function startServer(): Promise<() => Promise<void>> {
  const server = await startBuiltServer()
  process.env['BARBELL_TEST_URL'] = server.url
  return async () => {
    const code = await server.stop()
    if (code !== 0) throw new Error(`SIGTERM ended the server with ${String(code)}, not with 0`)
  }
}
