import { didYouMean } from './nearest-word.ts'

/** What the info string of a fence in a code-switch says, such as `python who-am-i-python Python run="off"`. */
export interface FenceInfo {
  /** Lower case, with aliases resolved: `py` is `python`. */
  readonly language: string
  /** Unique in its page; the anchor of the sample. */
  readonly id: string
  /** The text of the tab. */
  readonly label: string
  readonly attributes: FenceAttributes
}

export type FenceAttributes = Readonly<Partial<Record<FenceAttribute, string>>>
export type FenceAttribute = keyof typeof attributeRules

const attributeRules = {
  /** The sample is shown, not run; it must still be code of its language. */
  run: { accepts: /^off$/, example: 'run="off"' },
  /** The sample need not make the requests that the other languages of its group make. */
  parity: { accepts: /^off$/, example: 'parity="off"' },
  /** The status codes that the sample's requests get, in order. Without it, none of 400 or more. */
  expect: { accepts: /^[1-5]\d\d( [1-5]\d\d)*$/, example: 'expect="200 401"' },
  /** Stands above the code. */
  title: { accepts: /\S/, example: 'title="Ask who you are"' },
  /** A file under `content/snippets` that holds the code; the fence is empty. */
  file: { accepts: /^snippets(?:\/[A-Za-z0-9][\w.-]*)+$/, example: 'file="snippets/who-am-i.py"' },
} as const satisfies Record<string, { accepts: RegExp; example: string }>

const attributeNames = Object.keys(attributeRules)

const languageOfAlias: ReadonlyMap<string, string> = new Map([
  ['js', 'javascript'],
  ['mjs', 'javascript'],
  ['py', 'python'],
  ['python3', 'python'],
])

const runnableLanguages: readonly string[] = ['javascript', 'python']

/** A word that can name a group or a sample: an id in HTML, a fragment in a URL. */
export const idLikeWord = /^[A-Za-z][\w-]*$/

/** An info string that cannot be read. `offset` says where in the string, 0 being its first character. */
export class FenceInfoError extends Error {
  override readonly name = 'FenceInfoError'
  readonly mend: string
  readonly offset: number

  constructor(problem: string, mend: string, offset: number) {
    super(problem)
    this.mend = mend
    this.offset = offset
  }
}

/** Says whether a sample gets a Run button: its language has a runner and its writer did not switch it off. */
export function isRunnable({ language, attributes }: FenceInfo): boolean {
  return runnableLanguages.includes(language) && attributes.run !== 'off'
}

/**
 * Reads the info string of a fence: language, id, the words of the label, attributes.
 * @param info what stands behind the backticks, such as `python who-am-i-python Python expect="200"`
 * @throws {FenceInfoError} where a part is missing, malformed or unknown
 */
export function parseFenceInfo(info: string): FenceInfo {
  const words = wordsOf(info)
  const plain = words.slice(0, words.findIndex(isAttribute) >>> 0)
  const [language, id, ...label] = plain
  const end = words[plain.length]?.offset ?? info.trimEnd().length
  if (!language) throw missing('language', end)
  if (!id) throw missing('id', end)
  if (!idLikeWord.test(id.text)) throw malformedId(id)
  if (label.length === 0) throw missing('label', end)
  return {
    language: canonicalLanguage(language.text),
    id: id.text,
    label: label.map(({ text }) => text).join(' '),
    attributes: readAttributes(words.slice(plain.length)),
  }
}

interface Word {
  readonly text: string
  readonly offset: number
}

function wordsOf(info: string): Word[] {
  const matches = info.matchAll(/[\w-]+="[^"]*"|\S+/g)
  return [...matches].map((match) => ({ text: match[0], offset: match.index }))
}

const isAttribute = ({ text }: Word) => /^[\w-]+=/.test(text)

function canonicalLanguage(word: string): string {
  const language = word.toLowerCase()
  return languageOfAlias.get(language) ?? language
}

function readAttributes(words: readonly Word[]): FenceAttributes {
  const attributes: Partial<Record<FenceAttribute, string>> = {}
  for (const word of words) {
    const { name, value } = readAttribute(word)
    if (name in attributes)
      throw new FenceInfoError(`${name} is there twice.`, 'Keep one.', word.offset)
    attributes[name] = value
  }
  return attributes
}

function readAttribute({ text, offset }: Word): { name: FenceAttribute; value: string } {
  const [name = '', ...rest] = text.split('=')
  if (rest.length === 0) {
    throw new FenceInfoError(
      `"${text}" stands behind the attributes of the fence.`,
      'Move it to the label, before the first attribute.',
      offset,
    )
  }
  if (!isAttributeName(name)) {
    const mend = didYouMean(name, attributeNames)
    throw new FenceInfoError(`"${name}" is no attribute of a fence.`, mend, offset)
  }
  const value = /^"([^"]*)"$/.exec(rest.join('='))?.[1]
  const { accepts, example } = attributeRules[name]
  if (value === undefined || !accepts.test(value)) {
    throw new FenceInfoError(`${text} cannot be read.`, `Write it like ${example}.`, offset)
  }
  return { name, value }
}

const isAttributeName = (name: string): name is FenceAttribute =>
  Object.hasOwn(attributeRules, name)

function missing(part: string, offset: number): FenceInfoError {
  return new FenceInfoError(
    `This fence has no ${part}.`,
    'Write language, id and label: ```python who-am-i-python Python',
    offset,
  )
}

function malformedId({ text, offset }: Word): FenceInfoError {
  return new FenceInfoError(
    `"${text}" cannot be the id of a sample.`,
    'Begin with a letter and go on with letters, digits, "-" and "_", as in who-am-i-python.',
    offset,
  )
}
