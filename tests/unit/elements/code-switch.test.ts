import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from '../../support/chromium.ts'
import { openContext, origin, pageOf } from '../../support/fixtures/code-switch/browser.ts'

const long = Array.from({ length: 40 }, (_, line) => `line_${line} = ${line}`).join('\n')

const ask = `:::code-switch{name="ask"}
\`\`\`python ask-python Python
${long}
\`\`\`
\`\`\`javascript ask-javascript JavaScript
ask()
\`\`\`
\`\`\`bash ask-shell Shell
ask
\`\`\`
:::
`
const send = `:::code-switch{name="send"}
\`\`\`python send-python Python
send()
\`\`\`
\`\`\`javascript send-javascript JavaScript
send("JavaScript")
\`\`\`
:::
`
const shellOnly = `:::code-switch{name="install"}
\`\`\`bash install-shell Shell
install
\`\`\`
\`\`\`ruby install-ruby Ruby
install!
\`\`\`
:::
`
const text = 'Text.\n\n'.repeat(60)
const markdown = `${ask}\n${send}\n${shellOnly}\n${text}`

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

interface Setting extends BrowserContextOptions {
  readonly path?: string
  readonly html?: string
}

async function visit({ path = '/', html = pageOf(markdown), ...options }: Setting = {}) {
  const context = await openContext(browser, { '/': html, '/next': html }, options)
  const page = await context.newPage()
  await page.goto(origin + path)
  return { context, page, [Symbol.asyncDispose]: () => context.close() }
}

const visibleSamples = (page: Page) =>
  page
    .locator('code-sample')
    .evaluateAll((samples) =>
      samples.filter((each) => each.querySelector('pre')?.checkVisibility()).map(({ id }) => id),
    )

const selectedTabs = (page: Page) => page.getByRole('tab', { selected: true }).allTextContents()

const tab = (page: Page, id: string) => page.locator(`#tab-${id}`)

const remembered = (page: Page) =>
  page.evaluate(() => localStorage.getItem('barbell:code-language'))

const firstOfEach = ['ask-python', 'send-python', 'install-shell']

describe('tabs', () => {
  test('show the first sample of each group to a reader who has not chosen', async () => {
    await using reader = await visit()
    expect(await visibleSamples(reader.page)).toEqual(firstOfEach)
    expect(await selectedTabs(reader.page)).toEqual(['Python', 'Python', 'Shell'])
    expect(await remembered(reader.page)).toBeNull()
  })

  test('are one stop of the Tab key per group, and name their panels', async () => {
    await using reader = await visit()
    const stops = reader.page.locator('[role=tab][tabindex="0"]')
    expect(await stops.count()).toBe(3)
    const panel = reader.page.getByRole('tabpanel', { name: 'Python' }).first()
    expect(await panel.getAttribute('id')).toBe('ask-python')
    expect(await reader.page.locator('[role=tabpanel]').count()).toBe(3)
  })

  test.each([
    ['ArrowRight', 'ask-python', 'ask-javascript'],
    ['ArrowRight', 'ask-shell', 'ask-python'],
    ['ArrowLeft', 'ask-python', 'ask-shell'],
    ['ArrowLeft', 'ask-shell', 'ask-javascript'],
    ['Home', 'ask-shell', 'ask-python'],
    ['End', 'ask-python', 'ask-shell'],
  ])('%s leads from %s to %s', async (key, from, to) => {
    await using reader = await visit()
    await tab(reader.page, from).click()
    await reader.page.keyboard.press(key)
    expect(await reader.page.evaluate(() => document.activeElement?.id)).toBe(`tab-${to}`)
    expect(await visibleSamples(reader.page)).toContain(to)
    expect(await tab(reader.page, to).getAttribute('aria-selected')).toBe('true')
    expect(await tab(reader.page, from).getAttribute('tabindex')).toBe('-1')
  })

  test.each([
    ['ArrowLeft', 'ask-javascript'],
    ['ArrowRight', 'ask-shell'],
  ])('in a right-to-left page %s leads from the first to %s', async (key, to) => {
    await using reader = await visit({ html: pageOf(markdown, { dir: 'rtl' }) })
    await tab(reader.page, 'ask-python').focus()
    await reader.page.keyboard.press(key)
    expect(await visibleSamples(reader.page)).toContain(to)
  })

  test.each(['Control+ArrowRight', 'Shift+ArrowRight', 'ArrowDown', 'x'])(
    '%s is left to the browser',
    async (key) => {
      await using reader = await visit()
      await tab(reader.page, 'ask-python').focus()
      await reader.page.keyboard.press(key)
      expect(await visibleSamples(reader.page)).toEqual(firstOfEach)
    },
  )

  test('stay under the pointer when the groups above change their height', async () => {
    await using reader = await visit({ html: pageOf(text + markdown) })
    const clicked = tab(reader.page, 'send-javascript')
    await clicked.scrollIntoViewIfNeeded()
    const before = await clicked.boundingBox()
    await clicked.click()
    expect(await visibleSamples(reader.page)).toContain('ask-javascript')
    expect((await clicked.boundingBox())?.y).toBeCloseTo(before?.y ?? 0, 0)
  })
})

describe('the chosen language', () => {
  const inJavaScript = ['ask-javascript', 'send-javascript', 'install-shell']

  test('is shown by every group of the page that has it; the others stay as they are', async () => {
    await using reader = await visit()
    await tab(reader.page, 'send-javascript').click()
    expect(await visibleSamples(reader.page)).toEqual(inJavaScript)
  })

  test('is remembered for the next page and the next visit', async () => {
    await using reader = await visit()
    await tab(reader.page, 'ask-javascript').click()
    await reader.page.goto(`${origin}/next`)
    expect(await visibleSamples(reader.page)).toEqual(inJavaScript)
  })

  test('is followed at once by other browser tabs', async () => {
    await using reader = await visit()
    const other = await reader.context.newPage()
    await other.goto(`${origin}/next`)
    await tab(reader.page, 'ask-javascript').click()
    await expect.poll(() => visibleSamples(other)).toEqual(inJavaScript)
  })

  test('lasts as long as the page where the browser keeps nothing', async () => {
    await using reader = await visit()
    await reader.context.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get: () => {
          throw new DOMException('Access is denied', 'SecurityError')
        },
      })
    })
    await reader.page.reload()
    await tab(reader.page, 'send-javascript').click()
    expect(await visibleSamples(reader.page)).toEqual(inJavaScript)
  })

  test('reaches a group that was taken out of the page and put back', async () => {
    await using reader = await visit()
    await reader.page.evaluate(() => {
      const group = document.querySelector('code-switch')
      const parent = group?.parentElement
      group?.remove()
      document.querySelector<HTMLElement>('#tab-send-javascript')?.click()
      if (group) parent?.prepend(group)
    })
    expect(await visibleSamples(reader.page)).toEqual(inJavaScript)
  })
})

describe('a URL that names a sample', () => {
  test('opens it on arrival, and neither overwrites the choice nor moves the other groups', async () => {
    await using reader = await visit()
    await tab(reader.page, 'ask-javascript').click()
    await reader.page.goto(`${origin}/next#send-python`)
    expect(await visibleSamples(reader.page)).toEqual([
      'ask-javascript',
      'send-python',
      'install-shell',
    ])
    expect(await remembered(reader.page)).toBe('javascript')
  })

  test('opens it when the fragment changes, and brings it into view with its tabs', async () => {
    await using reader = await visit({ viewport: { width: 800, height: 400 } })
    await reader.page.evaluate(() => {
      location.hash = 'install-ruby'
    })
    await expect
      .poll(() => visibleSamples(reader.page))
      .toEqual(['ask-python', 'send-python', 'install-ruby'])
    const box = await tab(reader.page, 'install-ruby').boundingBox()
    expect(box?.y).toBeGreaterThanOrEqual(0)
    expect(box?.y).toBeLessThan(300)
    expect(await remembered(reader.page)).toBeNull()
  })

  test.each(['#', '#nowhere', '#%E0%A4%A', '#tab-ask-shell'])('%s opens nothing', async (hash) => {
    await using reader = await visit({ path: `/${hash}` })
    expect(await visibleSamples(reader.page)).toEqual(firstOfEach)
  })

  test('is followed by a choice like any other sample', async () => {
    await using reader = await visit({ path: '/#send-javascript' })
    await tab(reader.page, 'ask-javascript').click()
    await tab(reader.page, 'ask-python').click()
    expect(await visibleSamples(reader.page)).toEqual(firstOfEach)
  })
})

test("a hit of the browser's search on the page opens the sample it is in", async () => {
  await using reader = await visit()
  const sample = reader.page.locator('#send-javascript')
  expect(await sample.getAttribute('hidden')).toBe('until-found')
  await sample.dispatchEvent('beforematch')
  expect(await visibleSamples(reader.page)).toContain('send-javascript')
  expect(await remembered(reader.page)).toBeNull()
})

describe('before the element is defined', () => {
  const undefinedYet = pageOf(markdown, { define: false })
  const layout = (page: Page) =>
    page.locator('code-switch, [role=tab]').evaluateAll((parts) =>
      parts.map((part) => {
        const { x, y, width, height } = part.getBoundingClientRect()
        const { color, borderBlockEndColor } = getComputedStyle(part)
        return { x, y, width, height, color, borderBlockEndColor }
      }),
    )

  test.each([
    [null, '/', firstOfEach],
    ['python', '/', firstOfEach],
    ['javascript', '/', ['ask-javascript', 'send-javascript', 'install-shell']],
    ['cobol', '/', firstOfEach],
    ['javascript', '/#send-python', ['ask-javascript', 'send-python', 'install-shell']],
  ])(
    'with %s remembered and at %s, the page already looks as it will',
    async (language, path, samples) => {
      await using reader = await visit({ html: undefinedYet, reducedMotion: 'reduce' })
      await reader.page.evaluate(
        (value) => value && localStorage.setItem('barbell:code-language', value),
        language,
      )
      await reader.page.goto('about:blank')
      await reader.page.goto(origin + path)
      expect(await visibleSamples(reader.page)).toEqual(samples)
      const before = await layout(reader.page)
      await reader.page.addScriptTag({ type: 'module', url: '/elements/define/code-switch.ts' })
      await reader.page.waitForFunction(() => document.querySelector('code-switch:defined'))
      expect(await visibleSamples(reader.page)).toEqual(samples)
      const after = await layout(reader.page)
      if (path === '/') expect(after).toEqual(before)
      else expect(after.map(({ height }) => height)).toEqual(before.map(({ height }) => height))
    },
  )
})

const everySample = [
  ...['ask-python', 'ask-javascript', 'ask-shell'],
  ...['send-python', 'send-javascript', 'install-shell', 'install-ruby'],
]

test('without scripts all samples are shown, each with its label, and no tabs', async () => {
  await using reader = await visit({ javaScriptEnabled: false })
  for (const id of everySample) {
    expect(await reader.page.locator(`#${id} pre`).isVisible()).toBe(true)
    expect(await reader.page.locator(`#${id} .code-sample-label`).isVisible()).toBe(true)
  }
  expect(await reader.page.locator('[role=tab]').first().isVisible()).toBe(false)
})

test('on paper all samples are shown, each with its label, and no tabs', async () => {
  await using reader = await visit()
  await reader.page.emulateMedia({ media: 'print' })
  for (const id of everySample) {
    const box = await reader.page.locator(`#${id} pre`).boundingBox()
    expect(box?.height).toBeGreaterThan(0)
    expect(await reader.page.locator(`#${id} .code-sample-label`).isVisible()).toBe(true)
  }
  expect(await reader.page.locator('[role=tab]').first().isVisible()).toBe(false)
})

describe('on a phone', () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

  test('tabs are 44 pixels high and wide at least', async () => {
    await using reader = await visit(phone)
    for (const each of await reader.page.getByRole('tab').all()) {
      const box = await each.boundingBox()
      expect(box?.height).toBeGreaterThanOrEqual(44)
      expect(box?.width).toBeGreaterThanOrEqual(44)
    }
  })

  test('many tabs scroll in their bar, the page does not, and a tab that gets the focus is in sight', async () => {
    const fences = Array.from(
      { length: 9 },
      (_, i) => `\`\`\`lang${i} s${i} Language ${i}\ncode\n\`\`\`\n`,
    )
    const html = pageOf(`:::code-switch{name="many"}\n${fences.join('')}:::\n`)
    await using reader = await visit({ ...phone, html })
    await tab(reader.page, 's0').focus()
    await reader.page.keyboard.press('End')
    const box = await tab(reader.page, 's8').boundingBox()
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390)
    expect(await reader.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  })
})

test('in forced colours the selected tab is still told apart', async () => {
  await using reader = await visit({ forcedColors: 'active' })
  const edge = (id: string) =>
    tab(reader.page, id).evaluate((each) => getComputedStyle(each).borderBlockEndColor)
  expect(await edge('ask-python')).not.toBe(await edge('ask-javascript'))
})

test.each(['dark', 'light'])('axe finds nothing wrong in the %s theme', async (theme) => {
  await using reader = await visit({ html: pageOf(markdown, { theme }) })
  const { violations } = await new AxeBuilder({ page: reader.page })
    .include('code-switch')
    .analyze()
  expect(violations.map(({ id, nodes }) => ({ id, html: nodes[0]?.html }))).toEqual([])
})
