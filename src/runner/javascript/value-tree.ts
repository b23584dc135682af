import type { ShownValue } from '../contract.ts'
import { limits } from '../contract.ts'
import { inspect } from './inspect.ts'

/**
 * An object as a tree that the page can open step by step; what printed text has to leave out is in it. Never calls
 * a getter, and never throws.
 * @returns undefined for what has nothing to open
 */
export function valueTree(value: unknown): ShownValue | undefined {
  try {
    const budget = { nodes: limits.valueNodes }
    const tree = treeOf(value, budget, [])
    return tree.members.length > 0 ? tree : undefined
  } catch {
    return undefined
  }
}

function treeOf(value: unknown, budget: { nodes: number }, path: readonly object[]): ShownValue {
  const text = inspect(value, 0).slice(0, limits.valueCharacters)
  const isOpenable = typeof value === 'object' && value !== null && !path.includes(value)
  if (!isOpenable || path.length >= limits.valueDepth) return { text, members: [], more: 0 }
  const entries = entriesOf(value)
  const members: ShownValue['members'] = []
  for (const [name, member] of entries) {
    budget.nodes -= 1
    if (budget.nodes < 0) break
    const key = name.slice(0, limits.valueCharacters)
    members.push([key, treeOf(member, budget, [...path, value])])
  }
  return { text, members, more: entries.length - members.length }
}

function entriesOf(value: object): [string, unknown][] {
  if (value instanceof Map) {
    return Array.from(value, ([key, member]) => [inspect(key, 0), member])
  }
  if (value instanceof Set) return Array.from(value, (member, at) => [String(at), member])
  if (value instanceof Headers || value instanceof URLSearchParams) return [...value]
  return Reflect.ownKeys(value).flatMap((key): [string, unknown][] => {
    const property = Reflect.getOwnPropertyDescriptor(value, key)
    return property?.enumerable && 'value' in property ? [[String(key), property.value]] : []
  })
}
