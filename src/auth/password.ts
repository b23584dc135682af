import { createHmac } from 'node:crypto'
import { isCommonPassword } from './common-passwords.ts'
import type { PasswordHasher } from './password-hasher.ts'
import type { Secrets } from './secrets.ts'
import { characterCount } from './text.ts'

// NIST SP 800-63B-4 asks for 15 where a password is the only factor; 8 is the deviation that ASVS 5.0
// 6.2.1 allows, for accounts that protect access to a public dataset.
const minCharacters = 8
const maxCharacters = 1024

/** Words that everybody tries here first. */
const siteWords = ['barbell', 'frc']

/** What hashing needs. */
export interface PasswordParts {
  hasher: PasswordHasher
  secrets: Secrets
}

/**
 * What is wrong with a new password, in words for its owner, or null. Characters are Unicode code points
 * after NFC; any of them may be used, none has to be.
 * @param username as it was typed
 */
export function passwordProblem(password: string, username: string): string | null {
  if (!password.isWellFormed()) return 'Use a password that is valid Unicode text.'
  // The token endpoint takes no form that holds it: such an account could not sign in.
  if (password.includes('\0')) return 'Use a password without the NUL character.'
  const characters = characterCount(password.normalize('NFC'))
  if (characters < minCharacters) return `Use at least ${minCharacters} characters.`
  if (characters > maxCharacters) return `Use at most ${maxCharacters} characters.`
  return guessableProblem(password.normalize('NFC').toLowerCase(), username.toLowerCase())
}

function guessableProblem(password: string, username: string): string | null {
  const own = without(password, [username, ...siteWords])
  if (own !== password && characterCount(undecorated(own)) < minCharacters) {
    return 'Use more than your username or the name of this site.'
  }
  if ([password, own, undecorated(own)].some(isCommonPassword)) {
    return 'This is one of the most common passwords. Use another one.'
  }
  return null
}

function without(text: string, words: string[]): string {
  return words.reduce((left, word) => (word === '' ? left : left.replaceAll(word, '')), text)
}

/** The text less what is usually put around a word: `password123!` is `password`. */
function undecorated(text: string): string {
  return text.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '')
}

/** @returns `{pepper id}:{bcrypt hash}`. @throws {Refusal} overloaded */
export async function hashPassword(parts: PasswordParts, password: string): Promise<string> {
  const pepperId = parts.secrets.currentId
  return `${pepperId}:${await parts.hasher.hash(peppered(parts.secrets, pepperId, password))}`
}

/** Takes as long for every password and hash of one cost. @throws {Refusal} overloaded */
export async function passwordMatches(
  parts: PasswordParts,
  password: string,
  passwordHash: string,
): Promise<boolean> {
  const { pepperId, hash } = splitHash(passwordHash)
  return await parts.hasher.matches(peppered(parts.secrets, pepperId, password), hash)
}

/** Whether a hash was made with an older pepper or a lower cost than hashes are now. */
export function isOutdatedHash(parts: PasswordParts, passwordHash: string): boolean {
  const { pepperId, hash } = splitHash(passwordHash)
  return pepperId !== parts.secrets.currentId || costOf(hash) < parts.hasher.cost
}

/**
 * What bcrypt is given: 64 characters that every character of the password has a part in. bcrypt alone
 * reads 72 bytes and takes the rest as equal. Keyed, because a plain hash could be one that leaked elsewhere.
 */
function peppered(secrets: Secrets, pepperId: string, password: string): string {
  const key = secrets.key('password', pepperId)
  return createHmac('sha384', key).update(password.normalize('NFC')).digest('base64')
}

function splitHash(passwordHash: string): { pepperId: string; hash: string } {
  const colon = passwordHash.indexOf(':')
  return { pepperId: passwordHash.slice(0, colon), hash: passwordHash.slice(colon + 1) }
}

/** `$2b$10$...` has cost 10. */
function costOf(hash: string): number {
  return Number(hash.split('$')[2])
}
