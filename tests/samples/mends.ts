import { originPlaceholder } from '#origin-placeholder.ts'

/** What a writer does about an error of a language, by the text of the error. */
const mendsOfErrors: readonly (readonly [error: RegExp, mend: string])[] = [
  [
    /MissingSchema|Failed to parse URL|Invalid URL/,
    `Write the whole address, such as ${originPlaceholder}/api/v1/ping: a program on the reader's machine knows no other.`,
  ],
  [
    /^SyntaxError|syntax error|IndentationError|unexpected EOF/,
    'Look in this line and above it for a bracket, a quote or a comma that is missing or left over.',
  ],
  [
    /^(?:NameError|ReferenceError)/,
    'Define it in the sample: a reader copies it whole, and nothing stands before it.',
  ],
  [
    /^KeyError|^TypeError: Cannot read propert/,
    'Look at the answer: the member that the sample reads is not in it.',
  ],
  [
    /ModuleNotFoundError|cannot import/,
    'Use what the runner has: the standard library and requests.',
  ],
  [/longer than \d+ seconds/, 'Make it end sooner: a reader does not wait that long.'],
]

/** What a writer does about a refusal of the server, by its code (`/docs/errors`). */
const mendsOfCodes: Readonly<Record<string, string>> = {
  missing_api_key: 'The public API reads the key from the header x-api-auth and from no other.',
  invalid_api_key:
    'Write the key as myUsername:myLongKeyGoesHere: it is filled in when the sample runs.',
  missing_token:
    'The cookie of the sign-in was not sent: in Python make both calls with one requests.Session, in JavaScript leave credentials: "omit" out.',
  invalid_token: 'The token was refused: sign in first, and send what the sign-in gave.',
  not_found: 'Look at the path: there is nothing under it.',
  method_not_allowed: 'The path answers other methods: look at its description.',
}

/** What to do about an error that ended a program. */
export function mendOfError(message: string): string {
  const found = mendsOfErrors.find(([error]) => error.test(message))
  return found?.[1] ?? 'Run the sample and mend what it says.'
}

/** What to do about a status that was not expected. @param expect attribute that would make it expected */
export function mendOfStatus(answer: string, expect: string): string {
  const because = mendsOfCodes[codeOf(answer) ?? '']
  const otherwise = `If the sample is to show this, write expect="${expect}" into the line of its fence.`
  return because === undefined ? otherwise : `${because} ${otherwise}`
}

/** The code of a problem or of an OAuth error. */
export function codeOf(answer: string): string | undefined {
  try {
    const { code, error } = JSON.parse(answer) as { code?: unknown; error?: unknown }
    return [code, error].find((each) => typeof each === 'string')
  } catch {
    return undefined
  }
}
