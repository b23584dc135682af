/**
 * The ways in which a text becomes markup or a script of a page; its policy lets no other one through. Imported by
 * whatever takes one of them.
 * @see https://w3c.github.io/trusted-types/dist/spec/
 */

interface Rules {
  createHTML?: (text: string) => string
  createScriptURL?: (url: string) => string
}

/** As far as it is used here. What a browser makes is an object; for whoever hands it on it is the text. */
interface PolicyFactory {
  createPolicy(name: string, rules: Rules): { createHTML(text: string): string }
}

/** Browsers that have none take every text. */
const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes

/** Their names, as the policy of a page lists them. The first is of Lit, which writes what its templates say. */
export const policyNames = ['lit-html', 'barbell-parsed', 'barbell-framed', 'default'] as const

/** For `DOMParser`: markup that is read from, and of which nothing is put into a page. */
export const parsedApart = trusting('barbell-parsed')

/** For the `srcdoc` of a frame that may run no script. */
export const framed = trusting('barbell-framed')

/** Workers are opened by code that is not ours as well, so their addresses are looked at here. */
factory?.createPolicy('default' satisfies PolicyName, { createScriptURL: workerUrl })

type PolicyName = (typeof policyNames)[number]

function trusting(name: PolicyName): (text: string) => string {
  const policy = factory?.createPolicy(name, { createHTML: (text) => text })
  return (text) => policy?.createHTML(text) ?? text
}

/**
 * Lets through the workers of samples, of the password meter and of the search.
 * @throws {TypeError} for every other address
 */
export function workerUrl(url: string): string {
  const { origin, pathname } = new URL(url, location.href)
  const isOurs = /^\/(?:runner|offline)\/[\w.-]+\.js$|^\/pagefind\/pagefind-worker\.js$/
  if (origin === location.origin && isOurs.test(pathname)) return url
  throw new TypeError(`No script of this site: ${url}`)
}
