/** What a sample does now. `idle` also while it waits for the reader to choose an account. */
export type RunState = 'idle' | 'loading' | 'running' | 'done' | 'failed' | 'stopped'

/** `run-state`: a sample does something else from now on; `line` is the one that its error came from. */
export class RunStateEvent extends Event {
  readonly state: RunState
  readonly line: number | null

  constructor(state: RunState, line: number | null = null) {
    super('run-state', { bubbles: true })
    this.state = state
    this.line = line
  }
}
