import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'

const built = new URL('../../../dist/', import.meta.url)

test('no page of the guide is in the bundle of the server, and each is a file', () => {
  const bundled = readdirSync(new URL('server/', built), { recursive: true, encoding: 'utf8' })
  expect(bundled.filter((name) => name.endsWith('entry.mjs'))).toHaveLength(1)
  expect(bundled.filter((name) => /\/(?:quickstart|introduction|changelog)_/.test(name))).toEqual(
    [],
  )
  expect(readdirSync(new URL('client/docs/', built))).toContain('quickstart')
})
