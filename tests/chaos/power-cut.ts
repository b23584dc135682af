import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Experiment, outcomeOf, temporaryFolder } from './experiment.ts'
import { writerProgram } from './writer-process.ts'

const calls = 'write,pwrite64,writev,pwritev,fsync,fdatasync,rename,renameat,renameat2'
const lives = 3

/** One system call: it began, and if it has a result it ended. */
interface Call {
  name: string
  text: string
  phase: 'begun' | 'ended'
}

/**
 * What a power cut spares is what was synced, in whatever order the rest was meant to follow. So the order of the
 * system calls decides, and it can be looked at without cutting the power.
 */
export const powerCut: Experiment = {
  name: 'power-cut',
  claim:
    'before each acknowledgement: log synced, new file synced, then renamed, then folder synced',
  async run({ onProgress }) {
    if (spawnSync('strace', ['-V']).error !== undefined) {
      return { skipped: 'strace is not installed' }
    }
    await using folder = await temporaryFolder()
    const trace = join(folder.path, 'trace')
    const directory = join(folder.path, 'data')
    onProgress('tracing')
    const program = [process.execPath, writerProgram, directory, 'traced', '1', String(lives)]
    const options = ['-f', '-y', '-s', '48', '-e', `trace=${calls}`, '-o', trace]
    const child = spawn('strace', [...options, ...program], { stdio: ['ignore', 'ignore', 'pipe'] })
    let complained = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text))
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) return { skipped: `strace may not trace here: ${complained.trim()}` }
    return judge(readCalls(await readFile(trace, 'utf8')), directory)
  },
}

/** Threads interleave: a call that another one interrupts in the trace has two lines. */
function readCalls(trace: string): Call[] {
  const unfinished = new Map<string, { name: string; text: string }>()
  return trace.split('\n').flatMap((line): Call[] => {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    const begun = /^(\w+)\((.*)$/.exec(rest)
    if (begun !== null) {
      const [, name = '', text = ''] = begun
      if (text.endsWith('<unfinished ...>')) {
        unfinished.set(thread, { name, text })
        return [{ name, text, phase: 'begun' }]
      }
      return (['begun', 'ended'] as const).map((phase) => ({ name, text, phase }))
    }
    const call = unfinished.get(thread)
    unfinished.delete(thread)
    return call === undefined ? [] : [{ ...call, phase: 'ended' }]
  })
}

/** What must have ended, in this order, between a change's question and its acknowledgement. */
function orderIn(directory: string): ((call: Call) => boolean)[] {
  const log = `<${join(directory, 'audit.jsonl')}>`
  const newFile = `<${join(directory, 'barbell.json')}.writing-`
  const isWrite = ({ name }: Call): boolean => name.includes('write')
  return [
    (call) => isWrite(call) && call.text.includes(log),
    (call) => call.name === 'fdatasync' && call.text.includes(log),
    (call) => isWrite(call) && call.text.includes(newFile),
    (call) => call.name === 'fsync' && call.text.includes(newFile),
    (call) => call.name.startsWith('rename') && call.text.includes('barbell.json"'),
    (call) => call.name === 'fsync' && call.text.includes(`<${directory}>`),
  ]
}

function judge(all: readonly Call[], directory: string): ReturnType<typeof outcomeOf> {
  const wrong: string[] = []
  let acknowledged = 0
  let since = 0
  for (const [index, call] of all.entries()) {
    if (call.phase !== 'begun') continue
    if (call.text.includes('"? ')) since = index
    if (!call.text.includes('"! ')) continue
    acknowledged += 1
    const problem = problemIn(all.slice(since, index), orderIn(directory))
    if (problem !== null) wrong.push(`${call.text.slice(0, 60)}: ${problem}`)
  }
  if (acknowledged === 0) wrong.push('no acknowledgement was seen')
  return outcomeOf(wrong, `${acknowledged} acknowledgements, each after its syncs`)
}

/** Each step must have ended before the next one begins, and may not happen again after it. */
function problemIn(
  between: readonly Call[],
  order: readonly ((call: Call) => boolean)[],
): string | null {
  let from = 0
  for (const [step, isStep] of order.entries()) {
    const begun = between.findIndex((call, at) => at >= from && isStep(call))
    const ended = between.findLastIndex((call) => call.phase === 'ended' && isStep(call))
    if (begun < 0 || ended < begun) return `step ${step + 1} of ${order.length} is missing`
    if (between.slice(0, from).some(isStep)) return `step ${step + 1} came too early`
    from = ended + 1
  }
  return null
}
