import { availableParallelism, loadavg } from 'node:os'
import { table } from './numbers.ts'

/** What a part of the bench has found. */
export interface Findings {
  /** How it was measured. */
  how: string
  tables: readonly string[]
  targets: readonly Target[]
}

/** What was to be reached. */
export interface Target {
  name: string
  wanted: string
  found: string
  /** Null where it was not measured. */
  isHeld: boolean | null
}

/** A target for a figure; without one it is neither held nor missed. */
export function target(
  name: string,
  figure: number | undefined,
  goal: { atLeast: number } | { atMost: number },
  tell: (figure: number) => string = (value) => value.toFixed(2),
): Target {
  const [word, bound] =
    'atLeast' in goal ? (['at least', goal.atLeast] as const) : (['at most', goal.atMost] as const)
  if (figure === undefined) {
    return { name, wanted: `${word} ${tell(bound)}`, found: 'not measured', isHeld: null }
  }
  const isHeld = word === 'at least' ? figure >= bound : figure <= bound
  return { name, wanted: `${word} ${tell(bound)}`, found: tell(figure), isHeld }
}

/** The findings in Markdown. */
export function describeFindings({ how, tables, targets }: Findings): string {
  const verdict = ({ isHeld }: Target): string => {
    if (isHeld === null) return '-'
    return isHeld ? 'held' : 'not held'
  }
  const rows = targets.map((each) => [each.name, each.wanted, each.found, verdict(each)])
  return [how, ...tables, table(['target', 'wanted', 'found', ''], rows)].join('\n\n')
}

/** What machine it was and how busy, in a sentence. */
export function conditions(): string {
  const busy = loadavg()[0]?.toFixed(1) ?? ''
  return (
    `Node ${process.versions.node}, ${availableParallelism()} cores shared with the client, load average ` +
    `${busy} before it began.`
  )
}
