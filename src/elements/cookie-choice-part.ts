import { html, type TemplateResult } from 'lit'

/** What a reader can answer when code from a link would send a token cookie. */
export interface CookieAnswers {
  signOut: () => void
  stay: () => void
}

/** Asks whether foreign JavaScript may act as the account that this browser is signed in as. @param owner its username */
export function cookieChoicePart(owner: string, { signOut, stay }: CookieAnswers): TemplateResult {
  return html`
    <div class="ra-choice">
      <p>
        This browser is signed in as <strong>${owner}</strong>. A JavaScript sample sends that
        cookie, so code from a link would act as ${owner} in the internal API.
      </p>
      <div class="ra-buttons">
        <button type="button" class="bb-button" @click=${signOut}>Sign out and run</button>
        <button type="button" class="bb-button" data-kind="quiet" @click=${stay}>
          Run as ${owner}
        </button>
      </div>
    </div>
  `
}
