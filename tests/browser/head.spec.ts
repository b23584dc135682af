import type { APIRequestContext } from 'playwright/test'
import { expect, siteUrl, test } from './fixtures.ts'

async function pagesOf(request: APIRequestContext): Promise<string[]> {
  const sitemap = await (await request.get('/sitemap-0.xml')).text()
  return [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, url = '']) => url)
}

/** What the head of a page says, by property or name. */
function metaOf(html: string): Map<string, string> {
  const metas = html.matchAll(/<meta (?:property|name)="([^"]+)" content="([^"]*)"/g)
  return new Map([...metas].map(([, name = '', content = '']) => [name, content]))
}

test('every page names its own address as the sitemap does', async ({ request }) => {
  for (const url of await pagesOf(request)) {
    const html = await (await request.get(url)).text()
    const [, canonical] = /<link rel="canonical" href="([^"]+)"/.exec(html) ?? []
    expect(new URL(canonical ?? '').href).toBe(url)
    expect(new URL(metaOf(html).get('og:url') ?? '').href).toBe(url)
  }
})

test('every page has a card of 1200 by 630 that other sites can load', async ({ request }) => {
  const cards = new Set<string>()
  for (const url of await pagesOf(request)) {
    const meta = metaOf(await (await request.get(url)).text())
    const card = meta.get('og:image') ?? ''
    expect(card, url).toMatch(new RegExp(`^${siteUrl()}/cards/`))
    expect(meta.get('og:title'), url).toBeTruthy()
    expect(meta.get('og:description'), url).toBeTruthy()
    expect(meta.get('twitter:card'), url).toBe('summary_large_image')
    cards.add(card)
  }
  expect(cards.size).toBeGreaterThan(20)
  for (const card of cards) {
    const answer = await request.get(card)
    expect(answer.headers()['content-type'], card).toBe('image/png')
    const body = await answer.body()
    // The size stands in the first chunk (PNG specification, section 11.2.1).
    expect([body.readUInt32BE(16), body.readUInt32BE(20)], card).toEqual([1200, 630])
  }
})

test('the feed of the changelog leads to the sections of the page', async ({ page, request }) => {
  await page.goto('/docs/changelog')
  const href = await page.locator('link[type="application/rss+xml"]').getAttribute('href')
  const answer = await request.get(href ?? '')
  expect(answer.headers()['content-type']).toBe('application/xml; charset=utf-8')
  const feed = await answer.text()
  const links = [...feed.matchAll(/<item><title>([^<]+)<\/title><link>([^<]+)<\/link>/g)]
  expect(links.length).toBeGreaterThan(0)
  for (const [, title = '', link = ''] of links) {
    const { pathname, hash } = new URL(link)
    expect(link).toBe(`${siteUrl()}${pathname}${hash}`)
    expect(pathname).toBe('/docs/changelog')
    await expect(page.locator(`h2[id="${hash.slice(1)}"]`)).toHaveText(title)
  }
})
