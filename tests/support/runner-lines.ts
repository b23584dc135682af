/** What the tests of the runner's security do in a page, in whichever engine: functions that go into it whole. */

interface TappedWindow {
  tapped?: { worker: Worker; runId: string }[]
}

/** From now on the page's workers are kept where {@link forgeMessage} finds them, with the run that each was given last. */
export function tapWorkers(): void {
  const isWholeRun = (message: unknown): message is { runId: string } => {
    const { kind, runId, code } = Object(message) as Record<string, unknown>
    return kind === 'run' && typeof runId === 'string' && typeof code === 'string'
  }
  const tapped: NonNullable<TappedWindow['tapped']> = []
  ;(window as TappedWindow).tapped = tapped
  window.Worker = class extends Worker {
    override postMessage(message: unknown): void {
      if (isWholeRun(message)) tapped.push({ worker: this, runId: message.runId })
      super.postMessage(message)
    }
  }
}

/** Says something to the page in the name of the worker that was given the last run. Without a `runId` it is of that run. */
export function forgeMessage(message: Record<string, unknown>): void {
  const last = (window as TappedWindow).tapped?.at(-1)
  if (!last) throw new TypeError('no worker has been given a run')
  const data = { runId: last.runId, ...message }
  last.worker.dispatchEvent(new MessageEvent('message', { data }))
}

/** Says things to the worker that was given the last run which no page of this site says. */
export function disturbWorker(): void {
  const worker = (window as TappedWindow).tapped?.at(-1)?.worker
  const noRuns = [null, 'run', 7, [], { kind: 'run' }, { kind: 'run', runId: 'x', code: 1 }]
  const noAnswers = [{ kind: 'answer' }, { kind: 'answer', runId: 'another', text: 'ghost' }]
  for (const message of [...noRuns, ...noAnswers]) worker?.postMessage(message)
}

/**
 * A JavaScript sample that visits paths and prints those that lead elsewhere, then how many it has visited.
 * @param paths at most as many as a run may send requests
 */
export function redirectProgram(method: string, paths: readonly string[]): string {
  return `let visited = 0
for (const path of ${JSON.stringify(paths)}) {
  const answer = await fetch(path, { method: '${method}', redirect: 'manual' })
  if (answer.type === 'opaqueredirect' || answer.redirected) console.log('LEADS ELSEWHERE', path)
  visited += 1
}
console.log(visited)`
}

/** What {@link redirectProgram} would print, asked by the page of a path that does lead elsewhere. */
export async function leadsElsewhere(path: string): Promise<boolean> {
  return (await fetch(path, { redirect: 'manual' })).type === 'opaqueredirect'
}

/** The paths of the API that the runner may call, each with and without a slash at its end. */
export async function runnerPaths(site: string): Promise<string[]> {
  const { paths } = (await (await fetch(`${site}/openapi.json`)).json()) as { paths: object }
  return Object.keys(paths)
    .filter((path) => /^\/(?:api|internal|auth\/v1)\//.test(path))
    .map((path) => path.replaceAll(/\{\w+\}/g, '1'))
    .flatMap((path) => [path, `${path}/`])
}

/**
 * Sends the forms of the site by script, with a token of the page's own: this page's policy, unlike the runner's, lets it.
 * @returns the statuses
 */
export async function pressByScript(): Promise<number[]> {
  const { value } = document.querySelector<HTMLInputElement>('input[name=form_token]') ?? {}
  if (!value) throw new TypeError('this page has no form token')
  const forms = [
    ['/dashboard/settings', { action: 'issue', form_token: value }],
    ['/dashboard/settings', { action: 'delete', form_token: value }],
    ['/login', { username: 'somebody', password: 'a long sentence', form_token: value }],
    ['/register', { username: 'somebody', password: 'a long sentence', form_token: value }],
  ] as const
  const sent = forms.map(([path, fields]) =>
    fetch(path, { method: 'POST', body: new URLSearchParams(fields) }),
  )
  return (await Promise.all(sent)).map(({ status }) => status)
}
