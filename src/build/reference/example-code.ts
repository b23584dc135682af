import { defaultLane } from '#playground/operations.ts'
import { codeOf } from '#playground/to-code/code-form.ts'
import { originPlaceholder } from '../../origin-placeholder.ts'
import { exampleState } from './example-request.ts'
import type { Operation } from './operations.ts'

/** A call as a program, ready for a code-switch. */
export interface ExampleCode {
  readonly language: 'python' | 'javascript' | 'bash'
  readonly label: string
  readonly code: string
}

/** The account that the placeholders stand for; the page puts the reader's own in their place when it runs. */
const account = { username: 'myUsername', password: 'myPassword' }
const place = { origin: originPlaceholder, account } as const

/** A browser's page has somebody who has signed in; a sample that stands by itself does it first. */
const signIn = `const login = await fetch('${originPlaceholder}/auth/v1/token', {
  method: 'POST',
  body: new URLSearchParams({ username: 'myUsername', password: 'myPassword' }),
})
if (!login.ok) throw new Error(\`HTTP \${login.status}\`)

`

/** The example of a call in each language, as the playground writes it. */
export function exampleCode(operation: Operation): ExampleCode[] {
  const state = { ...exampleState(operation), lane: defaultLane(operation.inPlayground) }
  const written = (form: 'python' | 'javascript' | 'curl'): string =>
    codeOf(state, form, { place, secrets: 'open' }).trim()
  const before = operation.lane === 'token' ? signIn : ''
  return [
    { language: 'python', label: 'Python', code: written('python') },
    { language: 'javascript', label: 'JavaScript', code: before + written('javascript') },
    { language: 'bash', label: 'curl', code: written('curl') },
  ]
}
