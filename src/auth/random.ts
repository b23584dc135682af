/** Where randomness comes from: the operating system's CSPRNG in production. */
export interface Random {
  bytes(count: number): Uint8Array
}

/** 62 characters that need no escaping anywhere: 5.95 bits each. */
export const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * Text in which every character of the alphabet is equally likely at every place.
 * @param alphabet 1 to 256 characters
 */
export function randomText(random: Random, alphabet: string, length: number): string {
  // A byte at or over the largest multiple of the alphabet's size is drawn anew: taking it modulo would
  // make the first characters likelier.
  const fairBytes = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of random.bytes(length - text.length)) {
      if (byte < fairBytes) text += alphabet.charAt(byte % alphabet.length)
    }
  }
  return text
}

/** An opaque name of a record: 22 base62 characters, 131 bits. */
export function randomId(random: Random): string {
  return randomText(random, base62, 22)
}
