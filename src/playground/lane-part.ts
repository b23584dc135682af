import { html, type TemplateResult } from 'lit'
import { advicePart } from './field-part.ts'
import { apiAuthValue, type KeyParts, type Lane, lanes, maskedKey, splitApiKey } from './lane.ts'
import { prose } from './prose.ts'
import type { Advice } from './request.ts'

/** What the choice of credentials shows. */
export interface LanePart {
  lane: Lane
  key: KeyParts
  showSecrets: boolean
  /** Whom the cookie speaks for; null for nobody, undefined while that is not known. */
  cookieOwner: string | null | undefined
  advice: readonly Advice[]
  onLane: (lane: Lane) => void
  onKey: (key: KeyParts) => void
}

/** The lanes as a radio group, and below it what the chosen one needs. */
export function lanePart(part: LanePart): TemplateResult {
  return html`
    <fieldset class="rf-lane">
      <legend>Credentials</legend>
      <div class="rf-lane__choices">${lanes.map((one) => choiceOf(one, part))}</div>
      ${part.lane === 'api_key' ? keyFields(part) : nothingToType(part)}
    </fieldset>
  `
}

function choiceOf(one: (typeof lanes)[number], { lane, onLane }: LanePart): TemplateResult {
  return html`
    <label class="rf-lane__choice">
      <input
        type="radio"
        name="lane"
        value=${one.id}
        aria-describedby="rf-lane-meaning"
        .checked=${one.id === lane}
        @change=${() => onLane(one.id)}
      />
      ${one.label}
    </label>
  `
}

function keyFields(part: LanePart): TemplateResult {
  const { key, onKey, showSecrets } = part
  const typed = (event: Event): string => (event.currentTarget as HTMLInputElement).value
  const shown = apiAuthValue(showSecrets ? key : maskedKey(key))
  return html`
    <p class="bb-hint" id="rf-lane-meaning">${prose(meaningOf(part.lane))}</p>
    <div class="rf-key" @paste=${(event: ClipboardEvent) => pasteWholeKey(event, onKey)}>
      <div class="bb-field">
        <label for="rf-key-username">Username</label>
        <input
          id="rf-key-username"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          aria-describedby="rf-key-advice"
          .value=${key.username}
          @input=${(event: Event) => onKey({ ...key, username: typed(event) })}
        />
      </div>
      <div class="bb-field">
        <label for="rf-key-secret">Key</label>
        <input
          id="rf-key-secret"
          type=${showSecrets ? 'text' : 'password'}
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          aria-describedby="rf-key-advice"
          .value=${key.secret}
          @input=${(event: Event) => onKey({ ...key, secret: typed(event) })}
        />
      </div>
    </div>
    <p class="rf-header"><code>x-api-auth: ${shown === '' ? '{USERNAME}:{KEY}' : shown}</code></p>
    ${advicePart('rf-key-advice', part.advice)}
  `
}

function nothingToType(part: LanePart): TemplateResult {
  return html`
    <p class="bb-hint" id="rf-lane-meaning">
      ${prose(meaningOf(part.lane))} ${part.lane === 'token' ? ownerSentence(part.cookieOwner) : ''}
    </p>
    ${advicePart('rf-lane-advice', part.advice)}
  `
}

function meaningOf(lane: Lane): string {
  return lanes.find((one) => one.id === lane)?.meaning ?? ''
}

function ownerSentence(owner: string | null | undefined): string {
  if (owner === undefined) return ''
  return owner === null ? 'There is no cookie now: sign in first.' : `It speaks for ${owner}.`
}

/** Puts a pasted `{USERNAME}:{KEY}` into its two fields; any other text is pasted as usual. */
function pasteWholeKey(event: ClipboardEvent, onKey: LanePart['onKey']): void {
  const parts = splitApiKey(event.clipboardData?.getData('text') ?? '')
  if (parts === null) return
  event.preventDefault()
  onKey(parts)
}
