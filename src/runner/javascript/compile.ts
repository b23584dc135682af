import type { SampleError } from '../contract.ts'
import { inspect } from './inspect.ts'

/** The name that a sample has in stack traces. */
export const sampleName = 'sample.js'

/**
 * The rules of a module, `await` included, without being one: the policy of the runner allows no script from
 * a `blob:` or `data:` URL, only eval. The code begins on the first line of what is evaluated, so lines need
 * no correction (`new AsyncFunction` would put two lines before it).
 */
const prologue = '(async function () { "use strict"; '
const epilogue = `\n})\n//# sourceURL=${sampleName}`

type Program = () => Promise<unknown>

/** Makes a sample runnable. @throws {SyntaxError} without a line; {@link locateSyntaxError} knows it */
export function compile(code: string): Program {
  const program: unknown = evaluate(prologue + code + epilogue)
  if (typeof program !== 'function')
    throw new SyntaxError('The code closes a bracket that it did not open')
  return () => Reflect.apply(program, undefined, []) as Promise<unknown>
}

// Indirect: the program sees globals, not this module.
function evaluate(source: string): unknown {
  return (0, eval)(source)
}

/**
 * Finds the line of a syntax error. V8 tells it only of an error that nobody caught, so the code is evaluated
 * once more, in a turn of its own, where the worker's `error` event carries the position.
 */
export async function locateSyntaxError(code: string, error: SyntaxError): Promise<SampleError> {
  const { line, column } = ownPosition(error) ?? (await positionWhenUncaught(code))
  const text = code.split('\n')[line - 1] ?? ''
  const message = /^\s*(?:import|export)\b(?!\s*\()/.test(text)
    ? 'A sample cannot import or export modules; everything it needs is global: fetch, URL, console, process.env'
    : error.message
  return { name: 'SyntaxError', message, ...positionInSample(line, column) }
}

// Firefox puts the position into the error itself.
function ownPosition(error: SyntaxError): Position | undefined {
  const { lineNumber, columnNumber } = error as { lineNumber?: number; columnNumber?: number }
  return lineNumber && columnNumber ? { line: lineNumber, column: columnNumber } : undefined
}

interface Position {
  line: number
  column: number
}

function positionWhenUncaught(code: string): Promise<Position> {
  return new Promise((resolve) => {
    const listen = (event: ErrorEvent): void => {
      event.preventDefault()
      event.stopImmediatePropagation()
      resolve({ line: event.lineno, column: event.colno })
    }
    globalThis.addEventListener('error', listen, { once: true, capture: true })
    setTimeout(() => evaluate(prologue + code + epilogue), 0)
  })
}

/** Anything that was thrown, as an error with its place in the sample. */
export function toSampleError(reason: unknown): SampleError {
  if (!(reason instanceof Error)) {
    return { name: 'Uncaught', message: inspect(reason), line: null }
  }
  const frames = sampleFrames(stackWithoutMessage(reason))
  const [first] = frames
  const trace = frames.map(({ caller, line, column }) => {
    const place = `${sampleName}:${line}:${column}`
    return caller ? `    at ${caller} (${place})` : `    at ${place}`
  })
  return {
    name: reason.name,
    message: reason.message,
    ...(first ? { line: first.line, column: first.column } : { line: null }),
    ...(trace.length && { trace: trace.join('\n') }),
  }
}

interface SampleFrame extends Position {
  caller: string
}

/** The frames of a stack, Chromium's or Firefox's, that lie in the sample. */
export function sampleFrames(stack: string): SampleFrame[] {
  return stack.split('\n').flatMap((text) => {
    const place = /(?:sample\.js|> eval):(\d+):(\d+)/.exec(text)
    if (!place) return []
    const [chromium, firefox] = [/^\s*at (?:async )?(\S.*?) \(/.exec(text), /^([^@]*)@/.exec(text)]
    const name = chromium?.[1] ?? firefox?.[1] ?? ''
    const caller = /^eval$|^async\*?$|^anonymous$/.test(name) ? '' : name.replace(/^async\*/, '')
    const { line, column = 1 } = positionInSample(Number(place[1]), Number(place[2]))
    return line === null ? [] : [{ caller, line, column }]
  })
}

function stackWithoutMessage(error: Error): string {
  const stack = error.stack ?? ''
  const head = stack.indexOf(error.message)
  return error.message && head !== -1 ? stack.slice(head + error.message.length) : stack
}

function positionInSample(line: number, column: number): { line: number | null; column?: number } {
  if (line < 1) return { line: null }
  return { line, column: Math.max(1, line === 1 ? column - prologue.length : column) }
}
