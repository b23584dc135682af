import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientAddress } from '#api/client-address.ts'
import { parseNetwork, type Network } from '#api/ip-address.ts'

const proxies = ['10.0.0.0/8', 'fd00::/8'].map((text) => {
  const network = parseNetwork(text)
  if (network === undefined) throw new TypeError(text)
  return network
})

function address(
  peer: string | undefined,
  forwarded?: string,
  trusted: Network[] = proxies,
): string {
  const headers = new Headers(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded })
  return clientAddress(peer, headers, trusted)
}

describe('without a proxy', () => {
  test('R4: what a stranger says of its address is not believed', () => {
    expect(address('192.0.2.1', '203.0.113.7')).toBe('192.0.2.1')
    expect(address('192.0.2.1', '203.0.113.7', [])).toBe('192.0.2.1')
  })

  test('R4: no other header is believed, not from a proxy either', () => {
    const headers = new Headers({
      forwarded: 'for=203.0.113.7',
      'x-real-ip': '203.0.113.7',
      'cf-connecting-ip': '203.0.113.7',
    })
    expect(clientAddress('10.0.0.1', headers, proxies)).toBe('10.0.0.1')
  })

  test('R6: everybody without an address shares one bucket', () => {
    expect(address(undefined)).toBe('unknown')
    expect(address('')).toBe('unknown')
    expect(address('/run/socket')).toBe('unknown')
  })
})

describe('behind a proxy', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['198.51.100.9, 203.0.113.7', '203.0.113.7'],
    ['198.51.100.9, 203.0.113.7, 10.1.1.1', '203.0.113.7'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['[2001:db8:1:2::9]:4711', '2001:db8:1:2::/64'],
    ['10.9.9.9, 10.1.1.1', '10.9.9.9'],
  ])('R4: of "%s" the rightmost stranger counts: %s', (forwarded, expected) => {
    expect(address('10.0.0.1', forwarded)).toBe(expected)
    expect(address('::ffff:10.0.0.1', forwarded)).toBe(expected)
  })

  test.each(['unknown', '', '203.0.113.7, _hidden', '203.0.113.999', "'; drop table"])(
    'R6: a proxy that writes "%s" puts its callers into the shared bucket',
    (forwarded) => {
      expect(address('10.0.0.1', forwarded)).toBe('unknown')
    },
  )

  test('a proxy that writes nothing speaks for itself', () => {
    expect(address('10.0.0.1')).toBe('10.0.0.1')
  })
})

describe('R5: one address has one bucket', () => {
  test.each([
    ['192.0.2.1', ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:192.0.2.1', '::ffff:c000:201']],
    [
      '2001:db8:1:2::/64',
      ['2001:db8:1:2::1', '2001:0DB8:0001:0002:ffff:0:0:1', '2001:db8:1:2:a:b:c:d%eth0'],
    ],
    ['0:0:0:0::/64', ['::1', '0:0:0:0:0:0:0:1']],
  ])('%s', (bucket, spellings) => {
    for (const spelling of spellings) expect(address(spelling), spelling).toBe(bucket)
  })

  test('two IPv4 clients on a dual-stack socket do not share one', () => {
    expect(address('::ffff:192.0.2.1')).not.toBe(address('::ffff:192.0.2.2'))
  })
})

describe('whatever a header says', () => {
  const hop = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ maxLength: 20 }),
    fc.constantFrom('unknown', '127.0.0.1', '10.0.0.1', '::1', '[::1]:80', '1.2.3.4:x', ' ', ''),
  )
  const chain = fc
    .array(hop.map((text) => text.replace(/[^\x21-\x7e]/g, '')))
    .map((hops) => hops.join(', '))
  const bucket = /^(?:unknown|\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{1,4}:){4}:\/64)$/

  test('R6: an address is an IPv4 address, a /64, or the shared bucket', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), hop), chain, (peer, forwarded) => {
        expect(address(peer, forwarded)).toMatch(bucket)
      }),
    )
  })

  test('R4: a stranger has the address of its socket', () => {
    const stranger = fc.ipV4().filter((peer) => !peer.startsWith('10.'))
    fc.assert(
      fc.property(stranger, chain, (peer, forwarded) => {
        expect(address(peer, forwarded)).toBe(peer)
      }),
    )
  })

  test('R4: what stands to the left of the last stranger changes nothing', () => {
    const stranger = fc.ipV4().filter((peer) => !peer.startsWith('10.'))
    fc.assert(
      fc.property(stranger, chain, (client, madeUp) => {
        expect(address('10.0.0.1', `${madeUp}, ${client}, 10.2.2.2`)).toBe(client)
      }),
    )
  })
})
