/** One of each side; undefined where a side has none left. */
export type Pair<Left, Right> = readonly [Left | undefined, Right | undefined]

/** How two rows of exchanges are laid beside each other. */
export interface Pairing<Left, Right> {
  readonly isSame: (left: Left, right: Right) => boolean
  /**
   * True where one of the programs had several requests under way at once: in which order those come to the server is
   * chance, and says nothing of the program.
   */
  readonly anyOrder: boolean
}

/** Lays exchanges beside each other: by their place, or in any order each beside its like and the rest by their place. */
export function pairExchanges<Left, Right>(
  left: readonly Left[],
  right: readonly Right[],
  { isSame, anyOrder }: Pairing<Left, Right>,
): Pair<Left, Right>[] {
  if (!anyOrder) return byPlace(left, right)
  const rest = [...right]
  const alone: Left[] = []
  const pairs: Pair<Left, Right>[] = []
  for (const each of left) {
    const at = rest.findIndex((other) => isSame(each, other))
    if (at === -1) alone.push(each)
    else pairs.push([each, rest.splice(at, 1)[0]])
  }
  return [...pairs, ...byPlace(alone, rest)]
}

function byPlace<Left, Right>(left: readonly Left[], right: readonly Right[]): Pair<Left, Right>[] {
  const length = Math.max(left.length, right.length)
  return Array.from({ length }, (_, at) => [left[at], right[at]] as const)
}
