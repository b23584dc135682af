import { Piscina } from 'piscina'
import { Refusal } from './refusal.ts'

/** bcrypt, away from the event loop. */
export interface PasswordHasher {
  /** The bcrypt cost of new hashes. */
  readonly cost: number
  /** @param text at most 72 bytes. @throws {Refusal} overloaded */
  hash(text: string): Promise<string>
  /** @throws {Refusal} overloaded */
  matches(text: string, hash: string): Promise<boolean>
  close(): Promise<void>
}

/**
 * What piscina says (it has no error codes) of a full queue and of a thread that ended: another attempt
 * may succeed, the pool has a new thread by then. Anything else is a fault of ours.
 */
const passing = /^(Task queue is at limit|No task queue|worker exited|Terminating worker thread)/

/**
 * Starts threads that hash.
 *
 * @param options.workerUrl Where `password-worker.ts` stands as a file of its own. Handed in, because in
 *   the server bundle it is `password-worker.mjs` beside the entry, and a path relative to this source
 *   would lead nowhere there.
 * @param options.threads How many, at least 1. The processor cores less one, to leave one to answer.
 * @param options.maxQueue How many jobs may wait for a thread; more are refused at once. 64 jobs are about
 *   5 s of waiting for one thread at cost 10.
 * @param options.cost The bcrypt cost, 10 by default: the least that OWASP accepts. bcryptjs needs 85 ms
 *   for it and 330 ms for 12, which one thread could do for three sign-ins a second only. What is hashed
 *   has been through an HMAC under a pepper, so that a stolen store alone cannot be attacked at all.
 */
export function createPasswordHasher(options: {
  workerUrl: URL
  threads: number
  maxQueue?: number
  cost?: number
}): PasswordHasher {
  const { workerUrl, threads, maxQueue = 64, cost = 10 } = options
  const pool = new Piscina<unknown, unknown>({
    filename: workerUrl.href,
    minThreads: threads,
    maxThreads: threads,
    maxQueue,
    // Without it a job may lose its turn to later ones again and again: while four clients kept one thread busy,
    // one job waited for 12 s and the others for 0.2 s. See piscinajs/piscina 1031.
    stricterFIFO: true,
  })

  async function run(name: string, job: object): Promise<unknown> {
    try {
      return await pool.run(job, { name })
    } catch (error) {
      throw error instanceof Error && passing.test(error.message)
        ? new Refusal('overloaded', { because: error.message })
        : error
    }
  }

  return {
    cost,
    async hash(text) {
      const hash = await run('hashText', { text, cost })
      if (typeof hash !== 'string') throw new TypeError('hashText gave no hash')
      return hash
    },
    async matches(text, hash) {
      return (await run('matchText', { text, hash })) === true
    },
    close: () => pool.destroy(),
  }
}
