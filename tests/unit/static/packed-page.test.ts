import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { packPage } from '#static/packed-page.ts'

const html = '<p>a page</p>'.repeat(200)

function pack(path: string, accepted: string, headers: Record<string, string> = {}) {
  const page = new Response(html, {
    status: 400,
    headers: { 'content-type': 'text/html', ...headers },
  })
  const asked = new Request(`https://docs.example${path}`, {
    headers: { 'accept-encoding': accepted },
  })
  return packPage(page, asked)
}

test.each([
  ['br, gzip', 'br', brotliDecompressSync],
  ['gzip', 'gzip', gunzipSync],
] as const)('a page without secrets comes compressed for %s', async (accepted, coding, unpack) => {
  const page = await pack('/login?next=%2F', accepted)
  expect(page.status).toBe(400)
  expect(page.headers.get('content-encoding')).toBe(coding)
  expect(page.headers.get('vary')).toBe('Accept-Encoding')
  expect(page.headers.get('content-type')).toBe('text/html')
  const body = Buffer.from(await page.arrayBuffer())
  expect(body.length).toBeLessThan(html.length / 4)
  expect(unpack(body).toString()).toBe(html)
})

test('it comes as it is for whoever takes nothing else', async () => {
  const page = await pack('/register/', 'br;q=0')
  expect(page.headers.get('content-encoding')).toBeNull()
  expect(await page.text()).toBe(html)
})

test.each(['/dashboard/settings', '/dashboard/settings/', '/dashboard/new', '/'])(
  'BREACH: %s, which may hold a secret beside what was sent, is never compressed',
  async (path) => {
    const page = await pack(path, 'br, gzip')
    expect(page.headers.get('content-encoding')).toBeNull()
    expect(await page.text()).toBe(html)
  },
)

test('BREACH: neither is a page that hands out a cookie', async () => {
  const page = await pack('/login', 'br, gzip', { 'set-cookie': 'access_token=x' })
  expect(page.headers.get('content-encoding')).toBeNull()
})
