/** A value as text, in the manner of Node's `util.inspect`: what a reader knows from a terminal. */

const maxDepth = 2
const maxEntries = 100
// An object stays on one line up to here; Node reserves ten columns, and so do we.
const lineWidth = 80 - 10
const fullLine = 76
const identifier = /^[a-z_]\w*$/i

interface Frame {
  depth: number
  /** The objects that lead here. */
  path: readonly object[]
}

/** Shows any value; never calls a getter, and never throws. */
export function inspect(value: unknown, depth = maxDepth): string {
  try {
    return show(value, { depth, path: [] })
  } catch {
    return '[value that cannot be shown]'
  }
}

function show(value: unknown, frame: Frame): string {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'bigint':
      return `${value}n`
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'function':
      return showFunction(value, frame)
    case 'object':
      return value === null ? 'null' : showObject(value, frame)
    case 'boolean':
    case 'symbol':
    case 'undefined':
      return String(value)
  }
}

/** A string in the quotes that need the least escaping. */
export function quote(text: string): string {
  const mark = ["'", '"', '`'].find((candidate) => !text.includes(candidate)) ?? "'"
  const escaped = text.replace(/[\\\p{Cc}\u2028\u2029]/gu, (character) => {
    const short: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r' }
    const code = character.charCodeAt(0).toString(16)
    return short[character] ?? (code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`)
  })
  return `${mark}${mark === "'" ? escaped.replaceAll("'", "\\'") : escaped}${mark}`
}

function showFunction(value: object, frame: Frame): string {
  const source = Function.prototype.toString.call(value)
  const name = plainProperty(value, 'name')
  const named = typeof name === 'string' && name !== ''
  const label = source.startsWith('class')
    ? `[class ${named ? name : '(anonymous)'}]`
    : `[Function${named ? `: ${name}` : ' (anonymous)'}]`
  const own = entriesOf(value, frame)
  return own.length ? braces(`${label} {`, own, '}', frame) : label
}

function showObject(value: object, frame: Frame): string {
  if (frame.path.includes(value)) return '[Circular]'
  const whole = showWhole(value)
  if (whole !== undefined) return whole
  const name = prefixOf(value)
  if (frame.path.length > frame.depth && !isEmpty(value))
    return `[${Array.isArray(value) ? 'Array' : name || 'Object'}]`
  const inner = { ...frame, path: [...frame.path, value] }
  if (Array.isArray(value)) return showArray(value as unknown[], name, inner)
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return showTypedArray(value, name, inner)
  if (value instanceof Map) return showMap(value, name, inner)
  if (value instanceof Set) return showSet(value, name, inner)
  const entries = [...platformEntries(value, inner), ...entriesOf(value, inner)]
  return braces(name ? `${name} {` : '{', entries, '}', inner)
}

/** Objects that are shown as one word or text. */
function showWhole(value: object): string | undefined {
  if (value instanceof Error) return showError(value)
  if (value instanceof Date) return isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof RegExp) return String(value)
  if (value instanceof Promise) return 'Promise { … }'
  if (value instanceof WeakMap || value instanceof WeakSet)
    return `${nameOf(value)} { <items unknown> }`
  if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    return `[${nameOf(value)}: ${inspect(value.valueOf())}]`
  }
  return undefined
}

function showError(error: Error): string {
  const head = `${error.name}: ${error.message}`
  const frame = { depth: 1, path: [error] }
  const extra = entriesOf(error, frame).filter(
    (entry) => !/^(?:stack|message|cause|fileName|lineNumber|columnNumber):/.test(entry),
  )
  const cause = error.cause === undefined ? '' : `\n  [cause]: ${inspect(error.cause)}`
  return (extra.length ? `${head} ${braces('{', extra, '}', frame)}` : head) + cause
}

function showArray(values: unknown[], name: string, frame: Frame): string {
  const shown: string[] = []
  for (let index = 0; index < values.length && shown.length < maxEntries; index += 1) {
    if (index in values) {
      shown.push(show(plainProperty(values, String(index)), frame))
      continue
    }
    const start = index
    while (index + 1 < values.length && !(index + 1 in values)) index += 1
    const count = index - start + 1
    shown.push(`<${count} empty item${count === 1 ? '' : 's'}>`)
  }
  if (values.length > maxEntries) shown.push(moreItems(values.length - maxEntries))
  const named = entriesOf(values, frame).filter((entry) => !/^'\d+':/.test(entry))
  const prefix = name === 'Array' ? '' : `${name}(${values.length}) `
  return braces(`${prefix}[`, [...shown, ...named], ']', frame)
}

function showTypedArray(view: ArrayBufferView, name: string, frame: Frame): string {
  const numbers = Array.from(view as unknown as Iterable<number | bigint>)
  const shown = numbers.slice(0, maxEntries).map((number) => inspect(number))
  if (numbers.length > maxEntries) shown.push(moreItems(numbers.length - maxEntries))
  return braces(`${name}(${numbers.length}) [`, shown, ']', frame)
}

function showMap(map: Map<unknown, unknown>, name: string, frame: Frame): string {
  const entries = Array.from(map).slice(0, maxEntries)
  const shown = entries.map(([key, value]) => `${show(key, frame)} => ${show(value, frame)}`)
  if (map.size > maxEntries) shown.push(moreItems(map.size - maxEntries))
  return braces(`${name}(${map.size}) {`, shown, '}', frame)
}

function showSet(set: Set<unknown>, name: string, frame: Frame): string {
  const shown = Array.from(set)
    .slice(0, maxEntries)
    .map((value) => show(value, frame))
  if (set.size > maxEntries) shown.push(moreItems(set.size - maxEntries))
  return braces(`${name}(${set.size}) {`, shown, '}', frame)
}

/** What the browser's own objects keep behind getters and iterators. */
function platformEntries(value: object, frame: Frame): string[] {
  if (value instanceof Headers || value instanceof URLSearchParams || value instanceof FormData) {
    return Array.from(value).map(([key, item]) => `${quote(key)} => ${show(item, frame)}`)
  }
  const names =
    value instanceof Response
      ? ['status', 'statusText', 'ok', 'url', 'redirected', 'bodyUsed', 'headers']
      : value instanceof Request
        ? ['method', 'url', 'credentials', 'headers']
        : value instanceof URL
          ? ['href', 'origin', 'pathname', 'search', 'hash']
          : value instanceof Blob || value instanceof ArrayBuffer
            ? ['size', 'type', 'byteLength'].filter((name) => name in value)
            : []
  return names.map((name) => `${name}: ${show(Reflect.get(value, name), frame)}`)
}

function entriesOf(value: object, frame: Frame): string[] {
  const keys = Reflect.ownKeys(value).filter(
    (key) => Reflect.getOwnPropertyDescriptor(value, key)?.enumerable,
  )
  if (Array.isArray(value)) {
    const named = keys.filter((key) => typeof key === 'symbol' || !/^\d+$/.test(key))
    return named.map((key) => showEntry(value, key, frame))
  }
  const shown = keys.slice(0, maxEntries).map((key) => showEntry(value, key, frame))
  if (keys.length > maxEntries) shown.push(moreItems(keys.length - maxEntries))
  return shown
}

function showEntry(value: object, key: string | symbol, frame: Frame): string {
  const label = typeof key === 'symbol' ? String(key) : identifier.test(key) ? key : quote(key)
  const descriptor = Reflect.getOwnPropertyDescriptor(value, key)
  if (descriptor?.get) return `${label}: ${descriptor.set ? '[Getter/Setter]' : '[Getter]'}`
  if (descriptor?.set) return `${label}: [Setter]`
  return `${label}: ${show(descriptor?.value, frame)}`
}

function plainProperty(value: object, key: string): unknown {
  return Reflect.getOwnPropertyDescriptor(value, key)?.value
}

function prefixOf(value: object): string {
  const name = nameOf(value)
  if (name === undefined) return '[Object: null prototype]'
  return name === 'Object' ? '' : name
}

function nameOf(value: object): string | undefined {
  for (let owner: object | null = value; owner; owner = Reflect.getPrototypeOf(owner)) {
    const maker = plainProperty(owner, 'constructor')
    const name = typeof maker === 'function' ? plainProperty(maker, 'name') : undefined
    if (typeof name === 'string' && name) return name
  }
  return undefined
}

function moreItems(count: number): string {
  return `... ${count} more item${count === 1 ? '' : 's'}`
}

/** One line where it fits; else numbers and short words fill lines, and everything else gets a line each. */
function braces(open: string, entries: string[], close: string, { path }: Frame): string {
  if (entries.length === 0) return `${open}${close}`
  const line = `${open} ${entries.join(', ')} ${close}`
  const indentation = 2 * Math.max(0, path.length - 1)
  if (line.length + indentation - 1 <= lineWidth && !line.includes('\n')) return line
  const isList = close === ']'
  const lines = isList && entries.every(isShort) ? fillLines(entries) : entries
  const indented = lines.map((entry) => `  ${entry.replaceAll('\n', '\n  ')}`)
  return `${open}\n${indented.join(',\n')}\n${close}`
}

function isShort(entry: string): boolean {
  return entry.length <= 16 || entry.startsWith('... ')
}

function isEmpty(value: object): boolean {
  const plain: object[] = [Object.prototype, Array.prototype]
  return (
    plain.includes(Reflect.getPrototypeOf(value) ?? {}) &&
    Reflect.ownKeys(value).every((key) => key === 'length')
  )
}

function fillLines(entries: string[]): string[] {
  const lines: string[] = []
  let line = ''
  for (const entry of entries) {
    const longer = line ? `${line}, ${entry}` : entry
    if (longer.length > fullLine) lines.push(line)
    line = longer.length > fullLine ? entry : longer
  }
  return [...lines, line]
}
