import type { SandboxReader } from '../support/readers.ts'
import { originPlaceholder } from '#origin-placeholder.ts'
import { keyPlaceholder, placeholders } from '#runner/placeholders.ts'

/** What a run puts into its text that the next run, or another reader, has otherwise. */
export interface RunValues {
  readonly reader: SandboxReader
  /** Every origin under which the program may have met the server. */
  readonly origins: readonly string[]
}

/** What other runs have otherwise, by its form; each is replaced by one and the same example of it. */
const forms: readonly (readonly [form: RegExp, example: string])[] = [
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJ…'],
  [/\bsandbox-[a-z0-9]{8}\b/g, 'sandbox-example'],
  [/\b[\w-]{3,32}:[A-Za-z0-9]{16}\b/g, keyPlaceholder],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '2026-03-01T12:00:00Z'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, '00000000-0000-4000-8000-000000000000'],
  // What is left of a limit, and until when (RateLimit).
  [/;r=\d+;t=\d+/g, ';r=599;t=60'],
]

/**
 * Takes out of a text what another run has otherwise, and everything that is secret: the account by its placeholders,
 * the rest by examples. Done twice, it changes nothing more.
 */
export function normalText(text: string, { reader, origins }: RunValues): string {
  const secret = reader.apiKey.slice(reader.apiKey.indexOf(':') + 1)
  const values: readonly (readonly [value: string, placeholder: string])[] = [
    ...origins.map((origin) => [origin, originPlaceholder] as const),
    [secret, placeholders.keySecret],
    [reader.password, placeholders.password],
    [reader.username, placeholders.username],
  ]
  const named = values.reduce(
    (left, [value, placeholder]) => left.replaceAll(value, placeholder),
    text,
  )
  const unformed = forms.reduce((left, [form, example]) => left.replace(form, example), named)
  return replaceHint(unformed, secret)
}

/** The server shows the last letters of a key as its hint; a sample may print them, as a word of its own. */
function replaceHint(text: string, secret: string): string {
  return text.replace(
    new RegExp(`\\b${secret.slice(-4)}\\b`, 'g'),
    placeholders.keySecret.slice(-4),
  )
}
