import { describe, expect, test } from 'vitest'
import { crossSiteReadReason, crossSiteReason } from '#api/middleware/browser-rules.ts'

const ours = 'https://docs.example'
const origins = [
  null,
  ours,
  'null',
  'https://evil.example',
  'https://docs.example.evil',
  'http://docs.example',
  `${ours}, ${ours}`,
]
const sites = [
  null,
  'same-origin',
  'same-site',
  'cross-site',
  'none',
  'Same-Origin',
  'same-origin, cross-site',
  '',
]

function headers(origin: string | null, site: string | null): Headers {
  return new Headers({
    ...(origin !== null && { origin }),
    ...(site !== null && { 'sec-fetch-site': site }),
  })
}

const matrix = origins.flatMap((origin) => sites.map((site) => [origin, site] as const))

describe('X1: who may change something', () => {
  test.each(matrix)('Origin: %s, Sec-Fetch-Site: %s', (origin, site) => {
    const isProgram = origin === null && site === null
    const isOurPage =
      (origin === null || origin === ours) && (site === null || site === 'same-origin')
    const reason = crossSiteReason(headers(origin, site), ours)
    expect(reason === undefined).toBe(isProgram || isOurPage)
  })

  test('the reason names the address that the operator configured', () => {
    expect(crossSiteReason(headers('http://127.0.0.1:4321', 'same-origin'), ours)).toContain(ours)
  })
})

describe('H6: who may read something private', () => {
  test.each(['cross-site', 'same-site'])('no page may embed it: Sec-Fetch-Site: %s', (site) => {
    expect(crossSiteReadReason(headers(null, site), ours)).toBeDefined()
  })

  test('a person may type its address', () => {
    expect(crossSiteReadReason(headers(null, 'none'), ours)).toBeUndefined()
  })

  test('a program may read it', () => {
    expect(crossSiteReadReason(headers(null, null), ours)).toBeUndefined()
  })

  test('X7: another origin is refused even where no Sec-Fetch-Site is sent', () => {
    expect(crossSiteReadReason(headers('https://evil.example', null), ours)).toBeDefined()
  })
})
