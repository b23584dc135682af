import { describe, expect, test } from 'vitest'
import { observatoryGrade, type Scanned } from '../../support/observatory.ts'

const best: Scanned = {
  url: 'https://docs.example/',
  headers: {
    'content-security-policy':
      "default-src 'none'; script-src 'self' 'sha256-x'; style-src 'self'; frame-ancestors 'none'",
    'referrer-policy': 'strict-origin-when-cross-origin',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  },
  cookies: ['access_token=x; HttpOnly; SameSite=Lax; Path=/; Secure'],
  html: '<script src="/app.js"></script>',
  plainHttp: 'to-https',
}

function pointsOf(scanned: Partial<Scanned>, name: string): number | undefined {
  const { findings } = observatoryGrade({ ...best, ...scanned })
  return findings.find((finding) => finding.test === name)?.points
}

function withHeader(name: string, value: string | undefined): Partial<Scanned> {
  return { headers: { ...best.headers, [name]: value } }
}

test('everything right is 135 points and an A+', () => {
  expect(observatoryGrade(best)).toMatchObject({ score: 135, grade: 'A+' })
})

test('nothing but TLS is an F', () => {
  const bare = { ...best, headers: {}, cookies: [], plainHttp: 'stays' as const }
  expect(observatoryGrade(bare)).toMatchObject({ score: 10, grade: 'F' })
})

test('a bonus counts from 90 points only', () => {
  const noHsts = observatoryGrade({
    ...best,
    ...withHeader('strict-transport-security', undefined),
  })
  expect(noHsts).toMatchObject({ score: 80, grade: 'B+' })
  const sniffable = observatoryGrade({
    ...best,
    ...withHeader('x-content-type-options', undefined),
  })
  expect(sniffable).toMatchObject({ score: 130, grade: 'A+' })
})

describe('the content security policy', () => {
  test.each([
    ["default-src 'none'", 10],
    ["default-src 'none'; script-src 'self' 'wasm-unsafe-eval'", 10],
    ["default-src 'self'", 5],
    ["default-src 'none'; style-src 'unsafe-inline'", 0],
    ["default-src 'none'; script-src 'self' 'unsafe-eval'", -10],
    ["default-src 'none'; img-src http://a.example", -10],
    ["default-src 'none'; font-src http://a.example", -20],
    ["default-src 'none'; script-src 'unsafe-inline'", -20],
    ["default-src 'none'; script-src 'unsafe-inline' 'nonce-a'", 10],
    ["script-src 'self'", -20],
    [undefined, -25],
  ])('%j is worth %i', (value, points) => {
    expect(pointsOf(withHeader('content-security-policy', value), 'Content-Security-Policy')).toBe(
      points,
    )
  })
})

describe('cookies', () => {
  test.each([
    ['access_token=x; HttpOnly; SameSite=Lax; Secure', 5],
    ['access_token=x; HttpOnly; Secure', 0],
    ['access_token=x; SameSite=Lax; Secure', -30],
    ['access_token=x; HttpOnly; SameSite=Lax', -10],
    ['theme=x; SameSite=Lax', -5],
    ['theme=x; SameSite=Often; Secure', -20],
  ])('%s is worth %i', (cookie, points) => {
    expect(pointsOf({ cookies: [cookie] }, 'Cookies')).toBe(points)
  })

  test('the worst of several counts, and HSTS is half a remedy', () => {
    const cookies = [...best.cookies, 'session=x; HttpOnly; SameSite=Lax']
    expect(pointsOf({ cookies }, 'Cookies')).toBe(-10)
    const noHsts = withHeader('strict-transport-security', undefined)
    expect(pointsOf({ cookies, ...noHsts }, 'Cookies')).toBe(-40)
  })
})

test.each([
  ['access-control-allow-origin', '*', 'CORS', 0],
  ['referrer-policy', 'unsafe-url', 'Referrer-Policy', -5],
  ['strict-transport-security', 'max-age=3600', 'Strict-Transport-Security', -10],
  ['strict-transport-security', 'nonsense', 'Strict-Transport-Security', -20],
  ['cross-origin-resource-policy', 'cross-origin', 'Cross-Origin-Resource-Policy', 0],
  ['cross-origin-resource-policy', 'anybody', 'Cross-Origin-Resource-Policy', -5],
])('%s: %s', (header, value, name, points) => {
  expect(pointsOf(withHeader(header, value), name)).toBe(points)
})

test('CORS with credentials costs fifty points', () => {
  const headers = {
    ...best.headers,
    'access-control-allow-origin': 'https://evil.example',
    'access-control-allow-credentials': 'true',
  }
  expect(pointsOf({ headers }, 'CORS')).toBe(-50)
})

test.each([
  ['<script src="https://cdn.example/a.js"></script>', -5],
  ['<script src="https://cdn.example/a.js" integrity="sha384-x"></script>', 5],
  ['<script src="http://cdn.example/a.js"></script>', -50],
  ['<script>inline</script>', 0],
])('%s is worth %i', (html, points) => {
  expect(pointsOf({ html }, 'Subresource Integrity')).toBe(points)
})

test('X-Frame-Options is half as good as frame-ancestors', () => {
  const headers = { ...best.headers, 'content-security-policy': "default-src 'none'" }
  expect(pointsOf({ headers }, 'X-Frame-Options')).toBe(-20)
  expect(pointsOf({ headers: { ...headers, 'x-frame-options': 'DENY' } }, 'X-Frame-Options')).toBe(
    0,
  )
})
