import type { SampleError } from '#runner/contract.ts'

/** What a sample does now. `idle` also while it waits for the reader to choose an account. */
export type RunState = 'idle' | 'loading' | 'running' | 'done' | 'failed' | 'stopped'

/** `run-state`: a sample does something else from now on; `error` is what ended it. */
export class RunStateEvent extends Event {
  readonly state: RunState
  readonly error: SampleError | null

  constructor(state: RunState, error: SampleError | null = null) {
    super('run-state', { bubbles: true })
    this.state = state
    this.error = error
  }
}
