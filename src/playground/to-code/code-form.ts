import type { Language } from '#runner/contract.ts'
import { maskSecrets, planRequest, requestText, type RequestState } from '../request.ts'
import { type CodePlace, codeRequestOf, type Secret, withSecrets } from './code-request.ts'
import { curlCode } from './curl.ts'
import { javascriptCode } from './javascript.ts'
import { pythonCode } from './python.ts'

/** A notation that a request is shown in. */
export type CodeForm = 'http' | 'python' | 'javascript' | 'curl'

/** Every notation with its name, in the order of the tabs. */
export const codeForms: readonly { id: CodeForm; label: string; runs: Language | null }[] = [
  { id: 'http', label: 'HTTP', runs: null },
  { id: 'python', label: 'Python', runs: 'python' },
  { id: 'javascript', label: 'JavaScript', runs: 'javascript' },
  { id: 'curl', label: 'curl', runs: null },
]

/** What is done with keys, passwords and tokens: a predicate opens those that it accepts. */
export type Secrecy = 'hidden' | 'open' | ((secret: Secret) => boolean)

const writers = { python: pythonCode, javascript: javascriptCode, curl: curlCode }

/**
 * The request in one notation. Hidden secrets are environment variables in a program, and stars in HTTP, which
 * has none.
 */
export function codeOf(
  state: RequestState,
  form: CodeForm,
  options: { place: CodePlace; secrets: Secrecy },
): string {
  const { place, secrets } = options
  if (form === 'http') {
    const shown = secrets === 'open' ? state : maskSecrets(state)
    return requestText(planRequest(shown, place.origin))
  }
  const request = codeRequestOf(state, place)
  if (secrets === 'hidden') return writers[form](request)
  return writers[form](withSecrets(request, secrets === 'open' ? undefined : secrets))
}
