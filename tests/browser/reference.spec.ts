import { axeFindings, expect, test } from './fixtures.ts'

interface DocumentOperation {
  operationId: string
  summary: string
}

/** Every call of the document that this server answers with, with its page. */
function operationsOf(json: unknown) {
  const { paths } = json as { paths: Record<string, Record<string, DocumentOperation>> }
  return Object.entries(paths).flatMap(([path, ofPath]) =>
    Object.entries(ofPath).map(([method, { operationId, summary }]) => ({
      call: `${method.toUpperCase()} ${path}`,
      summary,
      page: `/docs/reference/${operationId.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    })),
  )
}

test('every call of the OpenAPI document has its page, its twin in Markdown, and leads on', async ({
  request,
}) => {
  const operations = operationsOf(await (await request.get('/openapi.json')).json())
  expect(operations.length).toBeGreaterThan(10)
  const llms = await (await request.get('/llms.txt')).text()
  for (const { call, summary, page } of operations) {
    const answer = await request.get(page)
    expect(answer.status(), page).toBe(200)
    const html = await answer.text()
    expect(html, page).toContain(`>${summary}</h1>`)
    const link = encodeURIComponent(JSON.stringify({ call }).slice(0, -1))
    expect(html, page).toContain(`/playground#request=${link}`)
    const markdown = await (await request.get(`${page}.md`)).text()
    expect(markdown, page).toContain(`\`${call}\``)
    expect(llms, page).toContain(`${page}.md`)
  }
})

test('from the list to a call, and from there to the filled-in playground', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/401/) // the playground asks who is signed in
  await page.goto('/docs/reference')
  await page
    .getByRole('main')
    .getByRole('link', { name: 'GET /api/v1/images', exact: true })
    .click()
  await expect(page).toHaveURL(/\/docs\/reference\/list-images$/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('List images')

  await page.getByRole('link', { name: 'Open in the playground' }).first().click()
  const form = page.getByRole('form', { name: 'Request' })
  await expect(form.getByLabel('Call', { exact: true })).toHaveValue('GET /api/v1/images')
  await expect(form.getByLabel('category')).toHaveValue('coral')
  await expect(form.getByLabel('status')).toHaveValue('reviewed')
  await expect(form.getByLabel('limit')).toHaveValue('2')
  await page.getByRole('button', { name: 'Use a sandbox account' }).click()
  await expect(
    page
      .locator('sign-in-form')
      .getByText(/^Signed in/)
      .first(),
  ).toBeVisible()
  await form.getByRole('button', { name: 'Send', exact: true }).click()
  const answer = page.getByRole('region', { name: 'Answer' }).getByRole('status')
  await expect(answer).toHaveText(/^200 OK/)

  await form.getByRole('link', { name: 'Everything about this call' }).click()
  await expect(page).toHaveURL(/\/docs\/reference\/list-images$/)
})

test('the example of a call runs in its page', async ({ page }) => {
  await page.goto('/docs/reference/get-batch')
  await page.getByRole('tab', { name: 'JavaScript' }).click()
  const sample = page.locator('#javascript-get-batch')
  await sample.getByRole('button', { name: 'Run' }).click()
  await sample.getByRole('button', { name: 'Get a sandbox account and run' }).click()
  await expect(sample).toHaveAttribute('state', 'done')
  await expect(sample.locator('sample-output')).toContainText('200 OK')
  await expect(sample.locator('sample-output')).toContainText('reviewed_image_count')
})

test('an error code of a call leads to its paragraph', async ({ page }) => {
  await page.goto('/docs/reference/get-image')
  await page.getByRole('main').getByRole('link', { name: 'not_found' }).click()
  await expect(page).toHaveURL(/\/docs\/errors#not_found$/)
  await expect(page.getByRole('heading', { name: 'not_found', exact: true })).toBeInViewport()
})

test('the sidebar shows the page that is open, however far down it stands', async ({ page }) => {
  await page.goto('/docs/reference/get-batch')
  const entry = page.getByRole('navigation', { name: 'Main' }).locator('[aria-current="page"]')
  await expect(entry).toContainText('Get an upload batch')
  await expect(entry).toBeInViewport()
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('an exchange is there in full, and its JSON folds', async ({ page }) => {
    await page.goto('/docs/reference/list-images')
    const answer = page.getByRole('group', { name: 'Response', exact: true })
    await expect(answer.getByText('200 OK')).toBeVisible()
    await expect(answer.getByText('"img_', { exact: false }).first()).toBeVisible()
    await answer.getByText('"items": [').click()
    await expect(answer.getByText('"img_', { exact: false }).first()).toBeHidden()
  })
})

test('what differs by colour differs by words as well, and stays in forced colours', async ({
  page,
}) => {
  await page.emulateMedia({ forcedColors: 'active' })
  await page.goto('/docs/reference/get-token')
  await expect(page.getByText('required', { exact: true }).first()).toBeVisible()
  await expect(page.locator('.endpoint .method')).toHaveText('POST')
  expect(await axeFindings(page, 'main')).toEqual([])
})

test('the example of a call stands beside its words, and stays there while they are read', async ({
  page,
}) => {
  await page.goto('/docs/reference/list-images')
  const example = page.locator('.beside')
  const takes = page.getByRole('heading', { name: 'What it takes' })
  const refused = page.getByRole('heading', { name: 'How it is refused' })
  await refused.scrollIntoViewIfNeeded()
  await expect(refused).toBeInViewport()
  await expect(example.getByRole('button', { name: 'Run' })).toBeInViewport({ ratio: 1 })
  const [words, code] = [await takes.boundingBox(), await example.boundingBox()]
  expect((words?.x ?? 0) + (words?.width ?? 0)).toBeLessThan(code?.x ?? 0)

  // The order in which it is read is that of the document, in one column as in two.
  await expect(page.getByRole('main').getByRole('heading', { level: 2 })).toHaveText([
    'What it takes',
    'Example',
    'What it answers',
    'How it is refused',
  ])
  await page.setViewportSize({ width: 1279, height: 900 })
  const [above, below] = [await takes.boundingBox(), await example.boundingBox()]
  expect(below?.x ?? 0).toBeLessThan((above?.x ?? 0) + (above?.width ?? 0))
  expect(below?.y ?? 0).toBeGreaterThan(above?.y ?? 0)
})

test('the section that is read is the current one, whatever stands beside it', async ({ page }) => {
  await page.goto('/docs/reference/list-images')
  const contents = page.locator('mobile-starlight-toc')
  const current = contents.locator('[aria-current]')
  const besideLabel = contents.locator('summary').getByText(/^(?:Overview|What it|How it)/)
  await expect(current).toHaveText('Overview')
  await expect(besideLabel).toBeHidden() // the title says it, just below
  await page.mouse.move(400, 500)
  for (const name of ['How it is refused', 'What it answers', 'What it takes']) {
    await contents.locator('summary').click()
    await contents.getByRole('link', { name }).click()
    await expect(current).toHaveText(name)
    await expect(besideLabel).toBeVisible()
    await page.mouse.wheel(0, -10_000)
    await expect(current).toHaveText('Overview')
  }
  for (let turn = 0; turn < 8; turn += 1) {
    await page.mouse.wheel(0, 60)
    await expect(current).toHaveText(/^(?:Overview|What it takes)$/)
  }
})
