/**
 * Chance that repeats: the same seed gives the same values on every machine. For sample data only,
 * never for a secret.
 */
export interface SeededRandom {
  /** From 0 up to but not including 1. */
  fraction(): number
  /** From `low` up to but not including `high`. */
  between(low: number, high: number): number
  /** A whole number, both ends included. */
  whole(low: number, high: number): number
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean
  /** One entry. @throws {RangeError} when there is none. */
  pick<T>(list: readonly T[]): T
  /** A copy in another order. */
  shuffled<T>(list: readonly T[]): T[]
}

/**
 * Starts a sequence (xorshift with 32 bits of state: Marsaglia, "Xorshift RNGs", 2003). Only integer
 * operations and exact division are used, since `Math.sin` and its like differ between engines.
 * @param seed any whole number but 0.
 */
export function seededRandom(seed: number): SeededRandom {
  // Times an odd constant (2^32 / golden ratio): small seeds alone would give small values at first.
  let state = Math.imul(seed, 0x9e3779b1)
  if (state === 0) throw new RangeError('The seed must not be 0: xorshift would stay there.')

  const fraction = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const between = (low: number, high: number) => low + fraction() * (high - low)
  const whole = (low: number, high: number) => low + Math.floor(fraction() * (high - low + 1))

  return {
    fraction,
    between,
    whole,
    chance: (probability) => fraction() < probability,
    pick<T>(list: readonly T[]): T {
      const picked = list[whole(0, list.length - 1)]
      if (picked === undefined) throw new RangeError('Nothing to pick from')
      return picked
    },
    shuffled<T>(list: readonly T[]): T[] {
      return list
        .map((value) => ({ value, place: fraction() }))
        .sort((a, b) => a.place - b.place)
        .map(({ value }) => value)
    },
  }
}
