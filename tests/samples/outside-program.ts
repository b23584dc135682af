import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { findPythonWithRequests } from '../support/tools.ts'

/** A language that runs on a reader's own machine. */
export type OutsideLanguage = 'python' | 'javascript' | 'bash'

/** How a program ended. */
export interface ProgramEnd {
  /** Printed text, errors not among it. */
  readonly text: string
  readonly error: ProgramError | null
  /** The line of the program that sent each request; 0 where none of its lines is known. */
  readonly lines: readonly number[]
}

/** What ended a program before its end. */
export interface ProgramError {
  /** The class and its message, as the language writes them: `NameError: name 'x' is not defined`. */
  readonly message: string
  /** Line of the program, from 1; null where none is known. */
  readonly line: number | null
}

/** The time that a program may take; a reader's may take as long (`src/runner/contract.ts`). */
const limitMs = 30_000

const fileNames = { python: 'sample.py', javascript: 'sample.mjs', bash: 'sample.sh' }
const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Says whether there is a program on this machine for a language. */
export function isOutsideLanguage(language: string): language is OutsideLanguage {
  return Object.hasOwn(fileNames, language)
}

/** Runs a program as its reader would, on this machine. @param environment over an empty one */
export async function runOutside(
  language: OutsideLanguage,
  code: string,
  environment: Record<string, string>,
): Promise<ProgramEnd> {
  return withFile(language, code, async ({ file, folder }) => {
    const notes = join(folder, 'notes')
    writeFileSync(notes, '')
    const [name, ...args] = commands[language](file, notes)
    const result = await run([name, ...args], {
      ...environment,
      ...(language === 'javascript' && { BARBELL_SAMPLE_NOTES: notes }),
    })
    const lines = readFileSync(notes, 'utf8').split('\n').slice(0, -1).map(Number)
    const error = result.code === 0 ? null : errorIn(language, result)
    // An error of `fetch` itself may come without a stack: the last call is to blame.
    return {
      text: result.out,
      error: error && { ...error, line: error.line ?? lines.at(-1) ?? null },
      lines,
    }
  })
}

/** Proves that a program can be read by its language, without running it. @returns null for a good one */
export async function parseOutside(
  language: OutsideLanguage,
  code: string,
): Promise<ProgramError | null> {
  return withFile(language, code, async ({ file }) => {
    const result = await run(parsers[language](file), {})
    return result.code === 0 ? null : errorIn(language, result)
  })
}

type Command = [name: string, ...args: string[]]

// -u and -I: nothing is kept back in a buffer, and nothing of this machine's user is imported.
const commands: Record<OutsideLanguage, (file: string, notes: string) => Command> = {
  python: (file, notes) => [python(), '-u', '-I', beside('trace_python.py'), file, notes],
  javascript: (file) => [process.execPath, '--import', beside('trace-node.mjs'), file],
  bash: (file, notes) => ['bash', '--norc', beside('trace-bash.sh'), file, notes],
}

const parsers: Record<OutsideLanguage, (file: string) => Command> = {
  python: (file) => [python(), '-I', '-c', parsePython, file],
  javascript: (file) => [process.execPath, '--check', file],
  bash: (file) => ['bash', '-n', file],
}

const parsePython = 'import sys; compile(open(sys.argv[1]).read(), sys.argv[1], "exec")'

function python(): string {
  const found = findPythonWithRequests()
  if (found !== undefined) return found
  throw new Error('No Python with requests was found. Install it (Debian: python3-requests).')
}

async function withFile<Result>(
  language: OutsideLanguage,
  code: string,
  use: (place: { file: string; folder: string }) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'barbell-sample-'))
  const file = join(folder, fileNames[language])
  try {
    writeFileSync(file, `${code}\n`)
    return await use({ file, folder })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface ProcessEnd {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

async function run(
  [name, ...args]: Command,
  environment: Record<string, string>,
): Promise<ProcessEnd> {
  const child = spawn(name, args, {
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  const ended = once(child, 'exit') as Promise<[number | null]>
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, out, err }
}

const errorReaders: Record<OutsideLanguage, (err: string) => ProgramError> = {
  python: pythonError,
  javascript: nodeError,
  bash: bashError,
}

function errorIn(language: OutsideLanguage, { code, err }: ProcessEnd): ProgramError {
  if (code !== null) return errorReaders[language](err)
  return { message: `It ran longer than ${limitMs / 1000} seconds and was ended.`, line: null }
}

/** The innermost line of the sample, and the last line of the traceback. */
function pythonError(err: string): ProgramError {
  const places = [...err.matchAll(/^ {2}File ".*sample\.py", line (\d+)/gm)]
  const message = err
    .trimEnd()
    .split('\n')
    .findLast((line) => /^[\w.]+(?::|$)/.test(line))
  return { message: message ?? lastLineOf(err), line: Number(places.at(-1)?.[1] ?? 0) || null }
}

/** Node names the place of a syntax error above it, that of any other in its stack or in that of its cause. */
function nodeError(err: string): ProgramError {
  const [, message] = /^\[?([A-Z]\w*(?: \[\w+\])?: .*?)(?:\](?: \{)?)?$/m.exec(err) ?? []
  const line = /sample\.mjs:(\d+)/.exec(err)?.[1]
  return { message: message ?? lastLineOf(err), line: Number(line ?? 0) || null }
}

/** `sample.sh: line 3: syntax error near ...`; a command that failed is named by trace-bash.sh in the same way. */
function bashError(err: string): ProgramError {
  const [, line, message] = /sample\.sh: line (\d+): (.+)$/m.exec(err) ?? []
  return { message: message ?? lastLineOf(err), line: Number(line ?? 0) || null }
}

const lastLineOf = (text: string) => text.trimEnd().split('\n').at(-1) ?? ''
