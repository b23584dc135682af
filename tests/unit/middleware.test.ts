import { expect, test, vi } from 'vitest'

vi.mock('astro:middleware', () => ({ defineMiddleware: (handler: unknown) => handler }))

const { onRequest } = await import('../../src/middleware.ts')

const html = { headers: { 'content-type': 'text/html' } }

function contextOf(locals: object) {
  const origin = 'https://docs.example'
  const request = new Request(`${origin}/dashboard/settings`)
  const barbell = { isDraining: () => false }
  return { locals: { origin, barbell, ...locals }, request, isPrerendered: false }
}

/** What the middleware makes of a page. */
function pass(page: () => Promise<Response>, locals: object): Promise<Response> {
  const answer: unknown = onRequest(contextOf(locals) as never, page)
  return answer as Promise<Response>
}

test('a page gets the real origin', async () => {
  const page = () => Promise.resolve(new Response('at https://barbell.example/login', html))
  expect(await (await pass(page, {})).text()).toBe('at https://docs.example/login')
})

test('L2: an error of a page goes to whoever logs it, not to the framework that would print it', async () => {
  const mistake = new Error('a mistake')
  const failed = vi.fn(() => Promise.resolve(new Response('sorry', { status: 500 })))
  const answer = await pass(() => Promise.reject(mistake), { failed })
  expect(answer.status).toBe(500)
  expect(failed).toHaveBeenCalledExactlyOnceWith(mistake)
})

test('L2: so does one that comes while the page is already being sent', async () => {
  const mistake = new Error('a late mistake')
  const failed = vi.fn(() => Promise.resolve(new Response('sorry', { status: 500 })))
  const torn = new ReadableStream({ pull: (controller) => controller.error(mistake) })
  const answer = await pass(() => Promise.resolve(new Response(torn, html)), { failed })
  expect(await answer.text()).toBe('sorry')
  expect(failed).toHaveBeenCalledExactlyOnceWith(mistake)
})

test('in development an error is shown by the framework', async () => {
  const page = () => Promise.reject(new Error('a mistake'))
  await expect(pass(page, {})).rejects.toThrow('a mistake')
})

test('F11: a page that was in hand when the server began to drain ends its connection', async () => {
  const answers = [
    () => Promise.resolve(new Response('whole', html)),
    () => Promise.resolve(new Response(null, { status: 303, headers: { Location: '/' } })),
  ]
  for (const page of answers) {
    let draining = false
    const barbell = { isDraining: () => draining }
    const before = await pass(page, { barbell })
    expect(before.headers.get('connection')).toBeNull()
    const inHand = () => {
      draining = true
      return page()
    }
    expect((await pass(inHand, { barbell })).headers.get('connection')).toBe('close')
  }
})
