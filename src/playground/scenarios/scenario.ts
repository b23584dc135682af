import type { Exchange } from '#runner/contract.ts'
import type { PlannedRequest } from '../request.ts'

/**
 * A course of real requests that shows one thing about the API. What it says is plain data, so that the build can
 * write it into a page; what it does is `play`. Between backticks stands code.
 */
export interface Scenario {
  /** As a page names it: `:::scenario{name="revoked-key"}`. */
  readonly name: string
  readonly title: string
  /** One sentence on what it shows. */
  readonly summary: string
  readonly needs: ScenarioNeeds
  readonly steps: readonly ScenarioStep[]
  /**
   * What is there afterwards that was not there before, in one or two sentences. How the sign-in of the browser
   * stands is said beside it.
   */
  readonly leaves: string
  /**
   * Yields one result for each of `steps`, in their order. The player goes on only if it was the expected one, so a
   * scenario may rely on it; and it may end the course at any `yield`, so what must be done all the same is in `finally`.
   */
  play(stage: Stage): AsyncGenerator<StepResult, void, void>
}

/**
 * Whom a scenario acts as: nobody that its reader knows, the reader's sandbox account by its key and password, or that
 * account by the browser's own cookie, which is put back as it was.
 */
export type ScenarioNeeds = 'nobody' | 'account' | 'cookie'

/** One request of a scenario, or many of the same, in words. */
export interface ScenarioStep {
  /** What is done, as a command. */
  readonly does: string
  readonly answer: ExpectedAnswer
  /** Why the answer is what it is. */
  readonly why: string
  /** Where that is explained. */
  readonly read: { readonly text: string; readonly href: string }
  /** True where the browser shows the answer to no script. */
  readonly unread?: true
}

/** What a step must be answered with, or the scenario has failed. */
export interface ExpectedAnswer {
  readonly status: number
  /** Of a problem (RFC 9457). */
  readonly code?: string
}

/** What came of a step. */
export interface StepResult {
  /** Null where the browser shows no answer to a script. */
  readonly exchange: Exchange | null
  /** What is worth seeing beside the exchange, as pairs of a name and a value; nothing secret. */
  readonly notes?: readonly (readonly [name: string, value: string])[]
}

/** The account that a scenario acts as. */
export interface ActingAccount {
  readonly username: string
  readonly password: string
  /** `{USERNAME}:{KEY}` */
  readonly apiKey: string
}

/** All that a scenario may do. Once `signal` is aborted nothing is sent or waited for any more. */
export interface Stage {
  /** Of the API, without a slash at its end. */
  readonly origin: string
  readonly signal: AbortSignal
  /** @throws {TypeError} in a scenario that needs nobody */
  readonly account: () => ActingAccount
  /** Never throws: an exchange without a response says why there is none. */
  readonly send: (request: PlannedRequest) => Promise<Exchange>
  /** The same for what must be done even after a stop. */
  readonly tidy: (request: PlannedRequest) => Promise<Exchange>
  /** Lets time pass, as a countdown. @param what is waited for, as in "until the token ends" */
  readonly wait: (seconds: number, what: string) => Promise<void>
  /** Says how many of at most how many requests a step has sent. */
  readonly count: (sent: number, atMost: number) => void
  /** Presses "Revoke" in the settings of this account, as whom the browser is signed in, and waits until the key is gone. */
  readonly revokeKey: (username: string) => Promise<void>
  /** Lets a page of another origin post to a path of the API. */
  readonly postFromElsewhere: (path: string) => Promise<void>
}
