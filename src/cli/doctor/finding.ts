/** What a check found. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly subject: string
  /** `mend`: the server does not start or is not safe like this. `note`: worth knowing. */
  readonly state: 'ok' | 'note' | 'mend'
  /** What was found and, for `mend`, what to do. */
  readonly text: string
}

/** One check's way to tell: a function for each state. */
export interface Teller {
  readonly ok: (text: string) => Finding
  readonly note: (text: string) => Finding
  readonly mend: (text: string) => Finding
}

/** Findings about one subject. */
export function about(subject: string): Teller {
  return {
    ok: (text) => ({ subject, state: 'ok', text }),
    note: (text) => ({ subject, state: 'note', text }),
    mend: (text) => ({ subject, state: 'mend', text }),
  }
}

/** The message of a failure, less what it says of a server that was not started. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/ (?:It was left as it is\. )?Nothing was (?:started|changed)\.$/, '')
}
