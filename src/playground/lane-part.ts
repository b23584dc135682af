import { html, nothing, type TemplateResult } from 'lit'
import { advicePart } from './field-part.ts'
import {
  credentialsOf,
  type KeyParts,
  type Lane,
  lanes,
  maskedKey,
  sendsKey,
  splitApiKey,
  withTyped,
} from './lane.ts'
import { prose } from './prose.ts'
import type { Advice } from './request.ts'

/** What the choice of credentials shows. */
export interface LanePart {
  lane: Lane
  key: KeyParts
  token: string
  showSecrets: boolean
  /** Whom the cookie speaks for; null for nobody, undefined while that is not known. */
  cookieOwner: string | null | undefined
  advice: readonly Advice[]
  onLane: (lane: Lane) => void
  onKey: (key: KeyParts) => void
  onToken: (token: string) => void
}

/** The lanes as a radio group, and below it what the chosen one needs. */
export function lanePart(part: LanePart): TemplateResult {
  return html`
    <fieldset class="rf-lane">
      <legend>Credentials</legend>
      <div class="rf-lane__choices">${lanes.map((one) => choiceOf(one, part))}</div>
      ${meaningPart(part)} ${sendsKey(part.lane) ? keyFields(part) : nothing}
      ${part.lane === 'bearer' ? tokenField(part) : nothing}
      ${advicePart('rf-lane-advice', adviceAbout(part, 'lane'))}
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
  const advice = adviceAbout(part, 'key')
  return html`
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
          @input=${(event: Event) => onKey(withTyped(key, { username: typed(event) }))}
        />
      </div>
      ${secretField({
        id: 'rf-key-secret',
        label: 'Key',
        value: key.secret,
        showSecrets,
        adviceId: 'rf-key-advice',
        onInput: (secret) => onKey(withTyped(key, { secret })),
      })}
    </div>
    ${assembledHeader(showSecrets ? key : maskedKey(key))} ${advicePart('rf-key-advice', advice)}
    <div class="rf-fine" role="status">
      ${
        advice.length > 0
          ? nothing
          : html`<p class="bb-hint">
              The header has the right shape. Whether the key is right, the server says.
            </p>`
      }
    </div>
  `
}

/** The header as it grows out of the two fields; what is still to come stands in braces. */
function assembledHeader({ username, secret }: KeyParts): TemplateResult {
  return html`<p class="rf-header">
    <code
      >x-api-auth: ${partOf(username, '{USERNAME}')}<b class="rf-colon">:</b
      >${partOf(secret, '{KEY}')}</code
    >
  </p>`
}

function partOf(typed: string, placeholder: string): TemplateResult {
  return typed === ''
    ? html`<span data-part="open">${placeholder}</span>`
    : html`<span data-part="typed">${typed}</span>`
}

function tokenField(part: LanePart): TemplateResult {
  const { token, onToken, showSecrets } = part
  return html`
    ${secretField({
      id: 'rf-token',
      label: 'Token',
      value: token,
      showSecrets,
      adviceId: 'rf-token-advice',
      onInput: (typed) => onToken(typed.trim()),
    })}
    ${advicePart('rf-token-advice', adviceAbout(part, 'token'))}
  `
}

interface SecretField {
  id: string
  label: string
  value: string
  showSecrets: boolean
  /** Id of the advice below it. */
  adviceId: string
  onInput: (typed: string) => void
}

function secretField(field: SecretField): TemplateResult {
  const { id, label, value, showSecrets, adviceId, onInput } = field
  return html`
    <div class="bb-field">
      <label for=${id}>${label}</label>
      <input
        id=${id}
        type=${showSecrets ? 'text' : 'password'}
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        aria-describedby=${adviceId}
        .value=${value}
        @input=${(event: Event) => onInput((event.currentTarget as HTMLInputElement).value)}
      />
    </div>
  `
}

function meaningPart({ lane, cookieOwner }: LanePart): TemplateResult {
  const meaning = lanes.find((one) => one.id === lane)?.meaning ?? ''
  const sendsCookie = credentialsOf(lane) === 'same-origin'
  return html`
    <p class="bb-hint" id="rf-lane-meaning">
      ${prose(meaning)} ${sendsCookie ? ownerSentence(cookieOwner) : ''}
    </p>
  `
}

function adviceAbout({ advice }: LanePart, about: string): Advice[] {
  return advice.filter((one) => one.about === about)
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
