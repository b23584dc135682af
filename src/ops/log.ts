import { type DestinationStream, type Logger, pino } from 'pino'
import { LineBuffer } from './line-buffer.ts'

/** Where lines go: JSON, one object per line. */
export type Log = Logger

/** What a line says of one request. No path, no query, no header: the route's pattern tells enough. */
export interface AccessLine {
  requestId: string
  method: string
  route: string
  status: number
  /** From the request's headers to its answer. */
  ms: number
  /** Why it was refused, if it was. */
  code: string | undefined
}

/** Two voices into one stream. */
export interface Logs {
  log: Log
  /** One line per request, at `info`. */
  access: (line: AccessLine) => void
  /** Writes what is still in memory. */
  flush: () => Promise<void>
}

/** Members that never reach a line, whoever logs them, at the top or one level down. */
const secretMembers = [
  'password',
  'token',
  'access_token',
  'accessToken',
  'bodyToken',
  'apiKey',
  'api_key',
  'secret',
  'seed',
  'authorization',
  'cookie',
  'headers',
  'body',
  'databaseUrl',
  '["x-api-auth"]',
  '["set-cookie"]',
]

/**
 * Opens the log. Lines about requests are held for up to a second and written in blocks, so that no request
 * waits for the disk or the terminal; everything else is written as it comes.
 * @param options.destination where lines go instead of standard output, each at once
 */
export function openLogs(options: { level: string; destination?: DestinationStream }): Logs {
  const { lines, flush } = openOutput(options.destination)
  const timeMember = timeMembers()
  const log = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      timestamp: timeMember,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretMembers.flatMap(atTwoLevels), remove: true },
    },
    lines,
  )
  return {
    log,
    access(line) {
      if (log.isLevelEnabled('info')) lines.hold(accessText(line, timeMember()))
    },
    flush,
  }
}

/** Where lines go, and how what is still in memory gets there. */
function openOutput(destination: DestinationStream | undefined): {
  lines: LineBuffer
  flush: () => Promise<void>
} {
  if (destination !== undefined) {
    const lines = new LineBuffer(destination, { blockCharacters: 0 })
    return { lines, flush: () => Promise.resolve() }
  }
  const output = pino.destination({ dest: 1, sync: false })
  const lines = new LineBuffer(output)
  const flush = (): Promise<void> =>
    new Promise((resolve, reject) => {
      lines.pass()
      output.flush((error) => (error ? reject(error) : resolve()))
    })
  return { lines, flush }
}

/**
 * One line, by hand: half of what a small request costs would go into the general way. Its texts are our own
 * and a method, none of which can hold a quote (RFC 9110 section 5.6.2).
 */
function accessText(line: AccessLine, timeMember: string): string {
  const { requestId, method, route, status, ms, code } = line
  const refusal = code === undefined ? '' : `,"code":"${code}"`
  return `{"level":"info"${timeMember},"request_id":"${requestId}","method":"${method}","route":"${route}","status":${status},"ms":${ms.toFixed(3)}${refusal}}\n`
}

/** The member `time` in RFC 3339; made anew once a millisecond, not once a line. */
function timeMembers(): () => string {
  let atMs = 0
  let member = ''
  return () => {
    const nowMs = Date.now()
    if (nowMs !== atMs) {
      atMs = nowMs
      member = `,"time":"${new Date(nowMs).toISOString()}"`
    }
    return member
  }
}

function atTwoLevels(member: string): string[] {
  return [member, member.startsWith('[') ? `*${member}` : `*.${member}`]
}
