import type { OperationGroup } from './operations.ts'

/** The calls of which every word that was typed says something: path, method, summary or description. */
export function findOperations(groups: readonly OperationGroup[], typed: string): OperationGroup[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return groups
    .map(({ tag, operations }) => ({
      tag,
      operations: operations.filter(({ id, summary, description }) => {
        const text = `${tag} ${id} ${summary} ${description}`.toLowerCase()
        return words.every((word) => text.includes(word))
      }),
    }))
    .filter(({ operations }) => operations.length > 0)
}
