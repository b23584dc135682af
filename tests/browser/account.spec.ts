import { execFileSync } from 'node:child_process'
import type { Page } from 'playwright/test'
import { pressByScript } from '../support/runner-lines.ts'
import { findPythonWithRequests } from '../support/tools.ts'
import { expect, freshUsername, siteUrl, test } from './fixtures.ts'
import { getKey, password, shownKey } from './readers.ts'

async function register(page: Page, username: string): Promise<void> {
  await page.goto('/register')
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Make the account' }).click()
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
}

/** The status with which the server answers curl. */
function curl(path: string, ...options: string[]): string {
  return execFileSync(
    'curl',
    ['-s', '-o', '/dev/null', '-w', '%{http_code}', ...options, siteUrl() + path],
    { encoding: 'utf8' },
  )
}

/** What a program prints under CPython with the real `requests`. */
function python(program: string, environment: Record<string, string>): string {
  return execFileSync(findPythonWithRequests() ?? 'python3', ['-c', program], {
    encoding: 'utf8',
    env: { ...process.env, BARBELL_URL: siteUrl(), ...environment },
  }).trim()
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled })

    test('an account is made, its key works from curl and from Python, and is 401 once revoked', async ({
      page,
      context,
    }) => {
      const username = freshUsername()
      await register(page, username)

      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.goto('/dashboard/settings')
      await expect(page).toHaveURL(/\/login\?next=%2Fdashboard%2Fsettings$/)
      await page.getByLabel('Username').fill(username)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await expect(page).toHaveURL(/\/dashboard\/settings$/)

      const key = await getKey(page)
      expect(key).toMatch(new RegExp(`^${username}:[A-Za-z0-9]{16}$`))
      expect(curl('/api/v1/me', '-H', `x-api-auth: ${key}`)).toBe('200')
      const program = `
import os, requests
url = os.environ["BARBELL_URL"]
me = requests.get(url + "/api/v1/me", headers={"x-api-auth": os.environ["BARBELL_API_KEY"]})
session = requests.Session()
token = session.post(url + "/auth/v1/token", data={"username": os.environ["BARBELL_USERNAME"], "password": os.environ["BARBELL_PASSWORD"]})
queue = session.get(url + "/internal/v1/review-queue")
print(me.status_code, me.json()["username"], token.status_code, "access_token" in token.json(), queue.status_code)
`
      const environment = {
        BARBELL_API_KEY: key,
        BARBELL_USERNAME: username,
        BARBELL_PASSWORD: password,
      }
      expect(python(program, environment)).toBe(`200 ${username} 200 False 200`)

      await page.goto('/dashboard/settings')
      const html = await page.content()
      expect(html, 'K2: the key is shown once').not.toContain(key.split(':')[1])
      await page.getByRole('button', { name: 'Replace Key' }).click()
      const successor = await shownKey(page)
      expect(curl('/api/v1/me', '-H', `x-api-auth: ${key}`)).toBe('401')
      expect(curl('/api/v1/me', '-H', `x-api-auth: ${successor}`)).toBe('200')

      await page.getByRole('button', { name: 'Revoke' }).click()
      await expect(page.getByRole('button', { name: 'Get My Key' })).toBeVisible()
      expect(curl('/api/v1/me', '-H', `x-api-auth: ${successor}`)).toBe('401')

      const cookies = await context.cookies()
      expect(cookies.find(({ name }) => name === 'access_token')).toMatchObject({
        httpOnly: true,
        sameSite: 'Lax',
        path: '/',
      })
    })
  })
}

test('a wrong password is refused in the same words as an unknown name', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/400/)
  const username = freshUsername()
  await register(page, username)
  const texts: (string | null)[] = []
  for (const name of [username, freshUsername()]) {
    await page.goto('/login')
    await page.getByLabel('Username').fill(name)
    await page.getByLabel('Password').fill('not the password at all')
    await page.getByRole('button', { name: 'Sign in' }).click()
    texts.push(await page.getByRole('alert').textContent())
  }
  expect(texts[0]).toBe(texts[1])
})

test('I8: after signing in, `next` never leads to another site', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/404/) // a path of this site that is no page
  const username = freshUsername()
  await register(page, username)
  for (const next of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    '/%09/evil.example',
  ]) {
    await page.goto(`/login?next=${encodeURIComponent(next)}`)
    await page.getByLabel('Username').fill(username)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForLoadState()
    expect(new URL(page.url()).origin).toBe(siteUrl())
  }
})

test('S10: forms take no script for a reader, whatever policy it has', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/403/)
  await register(page, freshUsername())
  expect(await page.evaluate(pressByScript)).toEqual([403, 403, 403, 403])
})

test('T7: signing in with a planted cookie replaces it and ends its session', async ({
  page,
  context,
}) => {
  const [attacker, victim] = [freshUsername(), freshUsername()]
  await register(page, attacker)
  const planted = (await context.cookies()).find(({ name }) => name === 'access_token')
  await context.clearCookies()
  await register(page, victim)
  await page.getByRole('button', { name: 'Sign out' }).click()

  await context.addCookies(planted ? [planted] : [])
  await page.goto('/login')
  await page.getByLabel('Username').fill(victim)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText(`Signed in as ${victim}`)).toBeVisible()
  const cookies = (await context.cookies()).filter(({ name }) => name === 'access_token')
  expect(cookies).toHaveLength(1)
  expect(cookies[0]?.value).not.toBe(planted?.value)
  const bearer = `Authorization: Bearer ${planted?.value ?? ''}`
  expect(curl('/auth/v1/users/me', '-H', bearer)).toBe('401')
})

test('T7: a planted cookie that is no token of ours does not stand in the way', async ({
  page,
  context,
}) => {
  const username = freshUsername()
  await register(page, username)
  await context.clearCookies()
  await context.addCookies([{ name: 'access_token', value: 'planted', url: siteUrl() }])
  await page.goto('/login')
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText(`Signed in as ${username}`)).toBeVisible()
  expect((await context.cookies()).map(({ value }) => value)).not.toContain('planted')
})
