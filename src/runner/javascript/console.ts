import type { OutputStream, ShownValue } from '../contract.ts'
import { inspect } from './inspect.ts'
import { valueTree } from './value-tree.ts'

/** Where a console prints. */
export type Print = (stream: OutputStream, text: string) => void

/** Where a console shows the objects of what it printed; a tree is made only of what is still shown. */
export type Show = (makeTree: () => ShownValue | undefined) => void

/** Everything of `console` that a sample may want, printing text as Node does, with its objects to open. */
export function createConsole(print: Print, show: Show): object {
  const counts = new Map<string, number>()
  const timers = new Map<string, number>()
  let indentation = ''

  function write(stream: OutputStream, text: string): void {
    const indented = indentation + text.replaceAll('\n', `\n${indentation}`)
    print(stream, `${indented}\n`)
  }

  function showObjects(values: unknown[]): void {
    for (const value of values) show(() => valueTree(value))
  }

  function writer(stream: OutputStream): (...values: unknown[]) => void {
    return (...values) => {
      write(stream, format(values))
      showObjects(values)
    }
  }

  const log = writer('stdout')
  const warn = writer('warn')
  const openGroup = (...values: unknown[]): void => {
    if (values.length) log(...values)
    indentation += '  '
  }
  const elapsed = (label: string): string => {
    return `${label}: ${(performance.now() - (timers.get(label) ?? NaN)).toFixed(3)}ms`
  }

  return {
    log,
    info: writer('info'),
    debug: writer('debug'),
    warn,
    error: writer('error'),
    trace: (...values: unknown[]) => write('error', `Trace: ${format(values)}`),
    dir: (value: unknown, options?: { depth?: number | null }) => {
      write('stdout', inspect(value, options?.depth === null ? Infinity : options?.depth))
      showObjects([value])
    },
    table: (rows: unknown, columns?: string[]) => write('stdout', table(rows, columns)),
    assert: (condition: unknown, ...values: unknown[]) => {
      if (!condition) warn(...withPrefix('Assertion failed', values))
    },
    count: (label = 'default') => {
      counts.set(label, (counts.get(label) ?? 0) + 1)
      log(`${label}: ${counts.get(label) ?? 0}`)
    },
    countReset: (label = 'default') => counts.delete(label),
    group: openGroup,
    groupCollapsed: openGroup,
    groupEnd: () => {
      indentation = indentation.slice(2)
    },
    time: (label = 'default') => timers.set(label, performance.now()),
    timeLog: (label = 'default', ...values: unknown[]) => log(elapsed(label), ...values),
    timeEnd: (label = 'default') => {
      log(elapsed(label))
      timers.delete(label)
    },
    clear: () => undefined,
  }
}

function withPrefix(prefix: string, values: unknown[]): unknown[] {
  if (values.length === 0) return [prefix]
  const [first, ...rest] = values
  return typeof first === 'string' ? [`${prefix}: ${first}`, ...rest] : [`${prefix}:`, ...values]
}

/** Values as one text; `%s %d %i %f %j %o %O %c %%` in a first string take the values after it. */
export function format(values: unknown[]): string {
  const [first, ...rest] = values
  if (typeof first !== 'string') return values.map(asText).join(' ')
  const waiting = [...rest]
  const text = first.replace(/%[sdifjoOc%]/g, (directive) => {
    if (directive === '%%') return rest.length ? '%' : '%%'
    return waiting.length ? direct(directive, waiting.shift()) : directive
  })
  return [text, ...waiting.map(asText)].join(' ')
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value)
}

function direct(directive: string, value: unknown): string {
  switch (directive) {
    case '%s':
      return asText(value)
    case '%d':
      return typeof value === 'bigint' ? `${value}n` : String(Number(value))
    case '%i':
      return String(Math.trunc(Number(value)))
    case '%f':
      return String(Number(value))
    case '%j':
      return JSON.stringify(value)
    case '%c':
      return ''
    default:
      return inspect(value, 4)
  }
}

/** Rows as a box; what is not an array or object is shown as it is. */
export function table(rows: unknown, only?: string[]): string {
  if (typeof rows !== 'object' || rows === null) return asText(rows)
  const lines = new Map<string, Map<string, string>>()
  for (const [index, row] of listRows(rows)) lines.set(index, cells(row))
  const found = [...new Set([...lines.values()].flatMap((line) => [...line.keys()]))]
  const values = found.filter((name) => name === 'Values')
  const columns = only ?? [...found.filter((name) => name !== 'Values'), ...values]
  const body = [...lines].map(([index, line]) => [
    index,
    ...columns.map((column) => line.get(column) ?? ''),
  ])
  return box([['(index)', ...columns], ...body])
}

function listRows(rows: object): [string, unknown][] {
  if (rows instanceof Map) return [...rows].map(([key, value]) => [asText(key), value])
  if (rows instanceof Set) return [...rows].map((value, index) => [String(index), value])
  return Object.entries(rows)
}

function cells(row: unknown): Map<string, string> {
  if (typeof row !== 'object' || row === null) return new Map([['Values', inspect(row)]])
  return new Map(Object.entries(row).map(([name, value]) => [name, inspect(value, 0)]))
}

function box(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right
  const [head = '', ...body] = rows.map(
    (row) => `│${row.map((cell, column) => ` ${cell.padEnd(widths[column] ?? 0)} `).join('│')}│`,
  )
  return [rule('┌', '┬', '┐'), head, rule('├', '┼', '┤'), ...body, rule('└', '┴', '┘')].join('\n')
}
