import { EdgeRefusal } from '../edge-refusal.ts'
import type { Call } from '../exchange.ts'
import type { RequestFields } from '../request-fields.ts'

/**
 * Why a request that changes something is not taken from where it comes from. Programs send neither
 * header and carry no cookie of anybody else: they may. A browser may from the pages of this site only,
 * which neither header lets it lie about.
 * @param origin the public origin
 * @returns a sentence for the caller; undefined where nothing is wrong
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function crossSiteReason(headers: RequestFields, origin: string): string | undefined {
  const from = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  if (from !== null && from !== origin) {
    return `A browser may do this from the pages of ${origin} only, and this request comes from elsewhere.`
  }
  if (site !== null && site !== 'same-origin') {
    return 'A browser may do this from the pages of this site only: Sec-Fetch-Site must be same-origin.'
  }
  return undefined
}

/**
 * Why a request that only reads something private is not taken: a page of another site made it, or embeds
 * it. What a person types into the address bar (`none`) is fine.
 * @returns a sentence for the caller; undefined where nothing is wrong
 */
export function crossSiteReadReason(headers: RequestFields, origin: string): string | undefined {
  const site = headers.get('sec-fetch-site')
  if (site === 'none') return undefined
  return crossSiteReason(headers, origin)
}

/** @throws {EdgeRefusal} cross_site_request */
export function refuseCrossSite({ env, req }: Call, kind: 'change' | 'read'): void {
  const reasonOf = kind === 'change' ? crossSiteReason : crossSiteReadReason
  const detail = reasonOf(req.raw.headers, env.services.config.origin)
  if (detail !== undefined) throw new EdgeRefusal('cross_site_request', { detail })
}
