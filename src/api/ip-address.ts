import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/** A range of addresses, such as 10.0.0.0/8. A BlockList of Node holds exactly one. */
export interface Network {
  readonly text: string
  has(address: string): boolean
}

const mappedDotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const mappedHex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/

/**
 * The one spelling of an address: IPv4 as it is, IPv4-mapped IPv6 as IPv4, IPv6 compressed and without zone.
 * @returns undefined if it is no IP address
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text
  const dotted = mappedDotted.exec(text)?.[1]
  if (dotted !== undefined) return isIPv4(dotted) ? dotted : undefined
  const [bare = ''] = text.split('%', 1)
  if (!isIPv6(bare)) return undefined
  const compressed = new URL(`http://[${bare}]`).hostname.slice(1, -1)
  const [, high, low] = mappedHex.exec(compressed) ?? []
  return high === undefined || low === undefined ? compressed : fromGroups(high, low)
}

/**
 * What counts as one address for limits: an IPv4 address, or the /64 of an IPv6 one, since one machine can
 * have any of the 2^64 addresses in there.
 * @param address canonical
 */
export function addressBucket(address: string): string {
  if (!address.includes(':')) return address
  const [front = '', back] = address.split('::')
  const left = groupsOf(front)
  const right = back === undefined ? [] : groupsOf(back)
  const zeros = Array<string>(8 - left.length - right.length).fill('0')
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`
}

/** Reads `10.0.0.0/8`, `fd00::/8`, or one address. @returns undefined if it is neither */
export function parseNetwork(text: string): Network | undefined {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  if (version === 0) return undefined
  const bits = version === 4 ? 32 : 128
  const length = prefix === undefined ? bits : Number(prefix)
  if (length > bits) return undefined
  const list = new BlockList()
  list.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6')
  return Object.freeze({
    text,
    has: (candidate: string) => list.check(candidate, candidate.includes(':') ? 'ipv6' : 'ipv4'),
  })
}

/** Whether a host as in `HOST` or a URL is this machine and no other. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true
  const address = canonicalAddress(bare)
  return address !== undefined && (address === '::1' || /^127\./.test(address))
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':')
}

function fromGroups(high: string, low: string): string {
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)]
  return [a >> 8, a & 255, b >> 8, b & 255].join('.')
}
