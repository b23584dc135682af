import { addressBucket, canonicalAddress, type Network } from './ip-address.ts'
import type { RequestFields } from './request-fields.ts'

/** The one bucket of all callers whose address nobody knows: limits still hold for them together. */
export const unknownAddress = 'unknown'

/**
 * Who calls, for limits and audit: the other end of the socket. Only if that is one of our own proxies,
 * what it says in `X-Forwarded-For`: the rightmost address that is not a proxy of ours, since everything to
 * the left of it may have been made up. No other header is looked at.
 * @param peerAddress the socket's other end; undefined where there is none
 * @returns an IPv4 address, the /64 of an IPv6 one, or `unknown`
 */
export function clientAddress(
  peerAddress: string | undefined,
  headers: RequestFields,
  trustedProxies: readonly Network[],
): string {
  const peer = peerAddress === undefined ? undefined : canonicalAddress(peerAddress)
  if (peer === undefined) return unknownAddress
  if (!isTrusted(peer, trustedProxies)) return addressBucket(peer)
  const hops = headers.get('x-forwarded-for')?.split(',') ?? []
  return addressBucket(rightmostStranger(peer, hops, trustedProxies) ?? unknownAddress)
}

/** @returns undefined where a trusted proxy wrote something that is no address */
function rightmostStranger(
  peer: string,
  hops: readonly string[],
  trustedProxies: readonly Network[],
): string | undefined {
  let client: string | undefined = peer
  for (const hop of hops.toReversed()) {
    client = canonicalAddress(withoutPort(hop.trim()))
    if (client === undefined || !isTrusted(client, trustedProxies)) return client
  }
  return client
}

function isTrusted(address: string, trustedProxies: readonly Network[]): boolean {
  return trustedProxies.length > 0 && trustedProxies.some((network) => network.has(address))
}

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const [, bracketed, dotted] = /^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(hop) ?? []
  return bracketed ?? dotted ?? hop
}
