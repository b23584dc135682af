import { html, nothing, type TemplateResult } from 'lit'
import type { RequestState } from './request.ts'

/** What the form for an own account shows. */
export interface OwnAccountPart {
  /** Whose token has ended, so that only the password is missing; empty for anybody. */
  username: string
  isOpen: boolean
  /** What can be sent again after signing in; null for nothing. */
  repeats: RequestState | null
  onSubmit: (typed: { username: string; password: string; repeat: boolean }) => Promise<boolean>
}

/** The form for an own account, closed until it is wanted. It is emptied when it has worked. */
export function ownAccountPart(part: OwnAccountPart): TemplateResult {
  const { username, isOpen, repeats } = part
  return html`
    <details class="sif__own" .open=${isOpen}>
      <summary>Sign in with your own account</summary>
      <form class="bb-form" @submit=${(event: SubmitEvent) => void submit(event, part)}>
        <div class="bb-field">
          <label for="sif-username">Account username</label>
          <input
            id="sif-username"
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            required
            value=${username}
          />
        </div>
        <div class="bb-field">
          <label for="sif-password">Password</label>
          <input
            id="sif-password"
            name="password"
            type="password"
            autocomplete="current-password"
            required
          />
        </div>
        <div class="sif__actions">
          <button type="submit" class="bb-button">Sign in</button>
          ${
            repeats === null
              ? nothing
              : html`<button type="submit" class="bb-button" data-kind="quiet" name="repeat">
                  Sign in and repeat ${callOf(repeats)}
                </button>`
          }
        </div>
      </form>
    </details>
  `
}

/** What the end of a token shows. */
export interface EndedPart {
  username: string
  /** The time of day of the end. */
  at: string
  /** A sandbox account signs in by itself; a reader types their own password. */
  isSandbox: boolean
  repeats: RequestState | null
  onSignIn: (how: { repeat: boolean }) => void
}

/** Says that the token has ended, and offers to go on where its reader was. */
export function endedPart({
  username,
  at,
  isSandbox,
  repeats,
  onSignIn,
}: EndedPart): TemplateResult {
  return html`
    <div class="bb-notice sif__ended" data-kind="bad">
      <p><b>The token of ${username} ended at ${at}.</b></p>
      ${
        isSandbox
          ? html`<div class="sif__actions">
              <button type="button" class="bb-button" @click=${() => onSignIn({ repeat: false })}>
                Sign in again
              </button>
              ${
                repeats === null
                  ? nothing
                  : html`<button
                      type="button"
                      class="bb-button"
                      data-kind="quiet"
                      @click=${() => onSignIn({ repeat: true })}
                    >
                      Sign in again and repeat ${callOf(repeats)}
                    </button>`
              }
            </div>`
          : html`<p>Type your password below to go on.</p>`
      }
    </div>
  `
}

/**
 * Tells whether a request is one to go on with after signing in again: it needs the cookie, and is not itself the
 * one that brings or ends it.
 */
export function canRepeat({ operation, lane }: RequestState): boolean {
  const isSession = operation.path.startsWith('/auth/v1/') && operation.method !== 'GET'
  return (lane === 'token' || lane === 'key_and_token') && !isSession
}

function callOf({ operation }: RequestState): string {
  return operation.id
}

async function submit(event: SubmitEvent, { onSubmit }: OwnAccountPart): Promise<void> {
  event.preventDefault()
  const form = event.currentTarget as HTMLFormElement
  const typed = new FormData(form)
  const text = (name: string): string => {
    const value = typed.get(name)
    return typeof value === 'string' ? value : ''
  }
  const repeat = event.submitter?.getAttribute('name') === 'repeat'
  const isSignedIn = await onSubmit({
    username: text('username'),
    password: text('password'),
    repeat,
  })
  if (!isSignedIn) return
  form.reset()
  form.closest('details')?.removeAttribute('open')
}
