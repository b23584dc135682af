import { describe, expect, test } from 'vitest'
import { canonicalAddress } from '#static/loopback-name.ts'

const origin = 'http://localhost:4321'

describe('a page that is asked for under another name of this machine', () => {
  test.each(['127.0.0.1:4321', '[::1]:4321'])('%s leads to the configured one', (host) => {
    expect(canonicalAddress(host, '/docs/auth?x=1', origin)).toBe(`${origin}/docs/auth?x=1`)
  })

  test('the configured name is fine as it is', () => {
    expect(canonicalAddress('localhost:4321', '/', origin)).toBeUndefined()
    expect(canonicalAddress('LOCALHOST:4321', '/', origin)).toBeUndefined()
  })

  test.each([
    { host: '127.0.0.1:8080', why: 'another port is another server' },
    { host: 'docs.example:4321', why: 'no name of this machine' },
    { host: '127.0.0.1:4321@evil.example', why: 'junk' },
    { host: 'evil.example/127.0.0.1:4321', why: 'junk' },
    { host: '', why: 'no host' },
    { host: undefined, why: 'no host' },
  ])('I8: Host $host is left alone: $why', ({ host }) => {
    expect(canonicalAddress(host, '/', origin)).toBeUndefined()
  })

  test('I8: whatever the target, it stays on the configured origin', () => {
    for (const target of ['//evil.example', '/@evil.example']) {
      const address = canonicalAddress('127.0.0.1:4321', target, origin) ?? ''
      expect(new URL(address).origin).toBe(origin)
    }
  })

  test.each([
    '.evil.example/',
    '/\\evil.example',
    '/api/../dashboard/settings',
    '/auth/%2e%2E/dashboard/settings',
    '/internal/v1/#x',
  ])('S8: %s would lead to another path than its own, and leads nowhere', (target) => {
    expect(canonicalAddress('127.0.0.1:4321', target, origin)).toBeUndefined()
  })

  test('behind a public name nothing is decided by the Host header', () => {
    expect(canonicalAddress('127.0.0.1:4321', '/', 'https://docs.example')).toBeUndefined()
  })
})
