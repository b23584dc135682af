import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { frontMatterJsonSchema } from '#build/markdown/front-matter-schema.ts'
import { launchChromium } from '../../support/chromium.ts'
import { buildSite, serveSite } from '../../support/site-of-pages.ts'

const good = '---\ntitle: Lenses\ndescription: Which lenses are good.\n---\n\nA wide one.\n'

const wrong = ['frontmatter-no-title', 'heading-level-left-out', 'sample-no-python'] as const
const places = [
  'content/docs/frontmatter-no-title.mdx:1:1: The field "title" is missing.',
  'content/docs/heading-level-left-out.mdx:8:1: This heading of level 4',
  'content/docs/sample-no-python.mdx:8:19: This is no Python:',
]

function mistake(name: string): string {
  return readFileSync(`tests/unit/build/markdown/mistakes/${name}.mdx`, 'utf8')
}

const pages = Object.fromEntries(wrong.map((name) => [`docs/${name}.mdx`, mistake(name)]))

/** `npm run check` for the pages of a folder, as far as it is about pages. */
function check(cwd: string) {
  const script = join(process.cwd(), 'src', 'build', 'check-content.ts')
  return spawnSync(process.execPath, [script], { cwd, encoding: 'utf8' })
}

test('the pages of this site are without a mistake', () => {
  const { status, stdout, stderr } = check(process.cwd())
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^\d\d+ pages checked in .+ s: no mistakes\.$/m)
})

describe('with the mistakes of several pages', { timeout: 120_000 }, () => {
  test('astro build builds nothing and names them all, as npm run check does', async () => {
    await using site = await buildSite({ ...pages, 'docs/lenses.mdx': good }, 'page-checks')
    const { status, stderr } = check(site.folder)
    expect(status).toBe(1)
    expect(site.exitCode).toBe(1)
    for (const place of places) {
      expect(site.output).toContain(place)
      expect(stderr).toContain(place)
    }
    expect(site.output).not.toContain('lenses.mdx')
  })

  test('astro dev starts, shows each over its page, and the page once it is mended', async () => {
    await using site = await serveSite({ ...pages, 'docs/lenses.mdx': good }, 'page-checks')
    const browser = await launchChromium()
    try {
      const page = await browser.newPage()
      for (const [index, name] of wrong.entries()) {
        await page.goto(`${site.origin}/docs/${name}`)
        expect(await overlayOf(page)).toContain(places[index])
      }
      expect(await schemaForEditors(site.folder)).toEqual(fieldsOf(frontMatterJsonSchema()))

      const file = join(site.folder, 'content', 'docs', 'sample-no-python.mdx')
      await writeFile(file, good)
      await page.getByText('A wide one.').waitFor()
      await writeFile(file, good.replace('A wide one.', 'Read [more](/docs/lense).'))
      expect(await overlayOf(page)).toContain(
        'content/docs/sample-no-python.mdx:6:13: There is no page /docs/lense. Did you mean /docs/lenses?',
      )
      await writeFile(file, good.replace('A wide one.', 'A long one.'))
      await page.getByText('A long one.').waitFor()
    } finally {
      await browser.close()
    }
  })
})

/** What Astro writes down for editors, which complete the frontmatter by it. */
async function schemaForEditors(folder: string): Promise<unknown> {
  const collections = join(folder, '.astro', 'collections')
  expect(await readFile(join(collections, 'collections.json'), 'utf8')).toContain('"docs"')
  return fieldsOf(JSON.parse(await readFile(join(collections, 'docs.schema.json'), 'utf8')))
}

/** The fields of the frontmatter, which our check and an editor must know alike; an editor knows "$schema" too. */
function fieldsOf(schema: unknown): Record<string, string[]> {
  const { properties, required } = z
    .object({ properties: z.record(z.string(), z.unknown()), required: z.array(z.string()) })
    .parse(schema)
  const names = Object.keys(properties).filter((name) => name !== '$schema')
  return { names: names.sort(), required: required.sort() }
}

/** What the overlay says, which keeps it in a shadow root. On a busy machine the page misses it and asks once more. */
async function overlayOf(page: Page): Promise<string> {
  const overlay = page.locator('vite-error-overlay')
  return vi.waitFor(
    async () => {
      if ((await overlay.count()) === 0) {
        await page.reload()
        await overlay.waitFor({ state: 'attached', timeout: 3000 })
      }
      return overlay.evaluate((element) => element.shadowRoot?.textContent ?? '')
    },
    { timeout: 40_000, interval: 500 },
  )
}
