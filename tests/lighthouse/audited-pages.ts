/** The pages whose speed and form are held to a budget; the operation page is the first that the sitemap names. */
export async function auditedPaths(site: string): Promise<string[]> {
  const sitemap = await (await fetch(`${site}/sitemap-0.xml`)).text()
  const operation = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)]
    .map(([, url = '']) => new URL(url).pathname.replace(/\/$/, ''))
    .find((path) => /^\/docs\/reference\/[^/]+$/.test(path))
  return ['/', '/docs/auth', ...(operation === undefined ? [] : [operation]), '/playground']
}
