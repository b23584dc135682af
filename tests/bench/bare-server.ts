/** The bare servers that the bench measures beside ours: `node bare-server.ts node-http|hono PORT`. */
import { createServer } from 'node:http'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const [kind, port] = process.argv.slice(2)
const answer = { image_count: 3600, un_reviewed_image_count: 900, team_count: 60, uptime: 1 }

if (kind === 'hono') {
  const app = new Hono().get('/', (context) => context.json(answer))
  serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' })
} else {
  createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify(answer))
  }).listen(Number(port), '127.0.0.1')
}
