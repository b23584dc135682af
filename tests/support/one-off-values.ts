/** A value that a style sheet writes itself instead of naming a token. `line` counts from 1. */
export interface OneOffValue {
  line: number
  declaration: string
  value: string
}

/** A declaration and where it begins. Rules, and what decides about them (`@media (min-width: 50rem)`), are none. */
interface Declaration {
  line: number
  property: string
  value: string
}

/** What no token can say better. */
const allowed: readonly { value: RegExp; property?: RegExp }[] = [
  // Nothing, also where calc() wants a unit.
  { value: /^0[a-z]*$/ },
  // Shares of the frame, of the font's letters and of the lines beside them.
  { value: /^[\d.]+(?:fr|vw|vh|dvh|dvw|svh|cqi|ch|lh|deg)$/ },
  // A hair line, also as the size of what is in no one's sight.
  { value: /^1px$/ },
  // Lines stay sharp in pixels: a larger letter needs no thicker border.
  {
    value: /^(?:1\.5|2|3|4)px$/,
    property: /^(?:border(?!.*radius)|outline|box-shadow|text-decoration-thickness)/,
  },
]

const comments = /\/\*[\s\S]*?\*\//g
const strings = /'[^'\n]*'|"[^"\n]*"/g
const measures = /(?<![\w-])-?(?:\d+\.?\d*|\.\d+)(?:[a-z]+)\b/gi
const colours =
  /#[\da-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|oklch|oklab|lch|lab|color)\([^)]*\)|(?<![\w-])(?:white|black|red|green|blue|gr[ae]y|yellow|orange)\b(?!-)/gi
const bareNumbers = /^(?:normal|bold|bolder|lighter|[\d.]+)$/
const wantsToken = /^(?:font-weight|line-height)$/

/** The values in a style sheet that no token gives. @param text CSS, or a part of it whose lines count from `fromLine` */
export function oneOffValues(text: string, fromLine = 1): OneOffValue[] {
  return declarationsOf(text).flatMap(({ line, property, value }) =>
    ownValuesOf(property, value).map((own) => ({
      line: line + fromLine - 1,
      declaration: `${property}: ${value}`,
      value: own,
    })),
  )
}

/** The style sheets in a source file: itself, the `<style>` of a component, the css`...` of an element. */
export function styleSheetsIn(file: string, text: string): { css: string; fromLine: number }[] {
  if (file.endsWith('.css')) return [{ css: text, fromLine: 1 }]
  const sheet = file.endsWith('.astro') ? /<style[^>]*>([\s\S]*?)<\/style>/dg : /\bcss`([^`]*)`/dg
  return [...text.matchAll(sheet)].map((match) => ({
    css: match[1] ?? '',
    fromLine: lineAt(text, match.indices?.[1]?.[0] ?? 0),
  }))
}

function ownValuesOf(property: string, value: string): string[] {
  if (wantsToken.test(property) && bareNumbers.test(value)) return [value]
  const found = [...value.matchAll(measures), ...value.matchAll(colours)].map(([own]) => own)
  return found.filter((own) => !allowed.some((form) => isAllowed(form, property, own)))
}

function isAllowed(form: (typeof allowed)[number], property: string, own: string): boolean {
  return form.value.test(own.replace(/^-/, '')) && (form.property?.test(property) ?? true)
}

function declarationsOf(text: string): Declaration[] {
  // As long as before, so that places stay what they are.
  const bare = text.replace(comments, blank).replace(strings, blank)
  const found: Declaration[] = []
  let start = 0
  for (const { index, 0: end } of [...bare.matchAll(/[;{}]/g), { index: bare.length, 0: '' }]) {
    const declaration = /^(\s*)([\w-]+)\s*:\s*([\s\S]+?)\s*$/.exec(bare.slice(start, index))
    if (end !== '{' && declaration) {
      const [, space = '', property = '', value = ''] = declaration
      const line = lineAt(bare, start + space.length)
      found.push({ line, property, value: value.replace(/\s+/g, ' ') })
    }
    start = index + 1
  }
  return found
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
