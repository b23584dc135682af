import { pause } from './pause.ts'
import { revokeInSettings } from './revoke-in-settings.ts'
import type { ActingAccount, Stage } from './scenarios/scenario.ts'
import { send } from './send.ts'

/** A countdown, or how many requests of a step are sent. */
export type Progress =
  | { kind: 'wait'; secondsLeft: number; seconds: number; what: string }
  | { kind: 'count'; sent: number; atMost: number }

/** What a page brings to a scenario. */
export interface PageStageParts {
  signal: AbortSignal
  account: ActingAccount | null
  onProgress: (progress: Progress | null) => void
  /** Shows a frame of another origin with a button, and resolves once its reader goes on. */
  postFromElsewhere: (url: string) => Promise<void>
}

const tickMs = 1000 // one second

/** The stage of a scenario that is played in this page, against the server that the page came from. */
export function pageStage(parts: PageStageParts): Stage {
  const { signal, account, onProgress } = parts
  const { origin } = location
  return {
    origin,
    signal,
    account() {
      if (account === null) throw new TypeError('this scenario said that it needs nobody')
      return account
    },
    send: (request) => send(request, { signal, traced: true }),
    tidy: (request) => send(request),
    async wait(seconds, what) {
      for (let secondsLeft = seconds; secondsLeft > 0 && !signal.aborted; secondsLeft -= 1) {
        onProgress({ kind: 'wait', secondsLeft, seconds, what })
        await pause(tickMs, signal)
      }
      onProgress(null)
    },
    count(sent, atMost) {
      onProgress({ kind: 'count', sent, atMost })
    },
    revokeKey: (username) => revokeInSettings(username, signal),
    async postFromElsewhere(path) {
      if (!signal.aborted) await parts.postFromElsewhere(origin + path)
    },
  }
}
