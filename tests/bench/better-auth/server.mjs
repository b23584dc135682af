/**
 * The API key check of better-auth behind the call that ours answers: `node server.mjs PORT`, with the one key
 * that works in BENCH_KEY. Everything is in memory and as its plugin has it by default, but for the limit, which
 * is in force and never reached, like ours.
 *
 * Plain JavaScript: its packages are there only after the first bench, and the type check must do without them.
 */
import { apiKey } from '@better-auth/api-key'
import { serve } from '@hono/node-server'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { Hono } from 'hono'

const port = Number(process.argv[2])
const day = 24 * 60 * 60 * 1000
const answer = { image_count: 3600, un_reviewed_image_count: 900, team_count: 60, uptime: 1 }

const auth = betterAuth({
  baseURL: `http://localhost:${port}`,
  secret: 'of a server that lives for a minute and is reached by nobody else',
  database: memoryAdapter({ user: [], session: [], account: [], verification: [], apikey: [] }),
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  plugins: [
    apiKey({
      customKeyGenerator: () => process.env['BENCH_KEY'] ?? '',
      rateLimit: { enabled: true, timeWindow: day, maxRequests: 1_000_000_000 },
    }),
  ],
})

const { user } = await auth.api.signUpEmail({
  body: { name: 'Bench', email: 'bench@example.com', password: 'correct horse battery staple' },
})
await auth.api.createApiKey({ body: { userId: user.id } })

const app = new Hono().get('/api/v1/stats', async (context) => {
  const key = context.req.header('x-api-auth') ?? ''
  const { valid } = await auth.api.verifyApiKey({ body: { key } })
  return valid ? context.json(answer) : context.json({ error: 'invalid_api_key' }, 401)
})
serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
