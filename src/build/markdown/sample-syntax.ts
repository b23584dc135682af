import { spawnSync } from 'node:child_process'
import { parseSync } from 'vite'
import { type SyntaxMistake, offsetPlace } from './syntax-mistake.ts'
import { pythonMistake } from './python-syntax.ts'

/** What can be proved of code without running it. Languages that are not here are shown as they are. */
const parsers: Readonly<Record<string, Parser>> = {
  javascript: { name: 'JavaScript', read: javascriptMistake },
  python: { name: 'Python', read: pythonMistake },
  bash: { name: 'Bash', read: shellMistake },
  sh: { name: 'Bash', read: shellMistake },
  json: { name: 'JSON', read: jsonMistake },
}

interface Parser {
  readonly name: string
  readonly read: (code: string) => SyntaxMistake | undefined
}

/** The first place where code is none of its language; undefined where all of it is, or the language is not known. */
export function syntaxMistake(
  language: string,
  code: string,
): (SyntaxMistake & { readonly language: string }) | undefined {
  const parser = parsers[language]
  const found = parser?.read(code)
  return parser && found && { ...found, language: parser.name }
}

/** A sample is a module: it may await, and import. */
function javascriptMistake(code: string): SyntaxMistake | undefined {
  const [error] = parseSync('sample.mjs', code, { sourceType: 'module' }).errors
  if (!error) return undefined
  return { ...offsetPlace(code, error.labels[0]?.start ?? 0), problem: error.message }
}

/** Bash reads the code without running it. Where there is no Bash, nothing is said of it. */
function shellMistake(code: string): SyntaxMistake | undefined {
  const { error, status, stderr } = spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' })
  if (error) return undefined
  const [, line, problem] = /line (\d+): (.+)/.exec(stderr) ?? []
  if (status === 0 || problem === undefined) return undefined
  return { line: Number(line), column: 1, problem }
}

function jsonMistake(code: string): SyntaxMistake | undefined {
  try {
    JSON.parse(code)
    return undefined
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    const at = /at position (\d+)/.exec(problem)?.[1]
    const place = at === undefined ? offsetPlace(code, code.length) : offsetPlace(code, Number(at))
    return { ...place, problem: problem.replace(/ in JSON at position.*$| \(line.*$/, '') }
  }
}
