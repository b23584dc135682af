import { html, type TemplateResult } from 'lit'
import type { CodeForm } from './code-form.ts'

/** Only what the writers of this folder write has to be told apart, so this is no parser. */
const tokens: Readonly<Record<CodeForm, RegExp>> = {
  python:
    /(?<comment>#.*)|(?<string>"(?:\\.|[^"\\])*")|(?<keyword>\bimport\b)|(?<constant>\b(?:True|False|None)\b|(?<!\w)\d+\b)/g,
  javascript:
    /(?<comment>\/\/.*)|(?<string>'(?:\\.|[^'\\])*')|(?<keyword>\b(?:const|await|new)\b)|(?<constant>\b(?:true|false|null)\b|(?<!\w)\d+\b)/g,
  curl: /(?<string>'[^']*'|"\$\w+")|(?<keyword>(?<=^| )--[a-z-]+)/gm,
  http: /(?<keyword>^[A-Z]+(?= ))|(?<constant>^[\w-]+(?=: ))/gm,
}

/** Code with its tokens marked for the colours of `--bb-code-*`. */
export function codeColors(code: string, form: CodeForm): (string | TemplateResult)[] {
  const parts: (string | TemplateResult)[] = []
  let end = 0
  for (const match of code.matchAll(tokens[form])) {
    const kind = kindOf(match.groups ?? {})
    parts.push(code.slice(end, match.index), html`<span data-token=${kind}>${match[0]}</span>`)
    end = match.index + match[0].length
  }
  return [...parts, code.slice(end)]
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): string {
  return Object.keys(groups).find((kind) => groups[kind] !== undefined) ?? ''
}
