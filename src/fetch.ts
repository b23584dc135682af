import { FetchState, astro } from 'astro/fetch'
import { type Barbell, compose } from './compose.ts'
import { readConfig } from './config.ts'

/** The one running product of `astro dev`: an edit on the server side closes it before a new one opens the store. */
const holder = globalThis as typeof globalThis & { barbellInDev?: Promise<Barbell> }

async function reopen(previous: Promise<Barbell> | undefined): Promise<Barbell> {
  const open = await previous?.catch(() => undefined)
  await open?.close()
  return compose(readConfig(process.env))
}

const running = reopen(holder.barbellInDev)
holder.barbellInDev = running

/** The API inside `astro dev`; `src/build/api-in-dev.ts` puts it in front of Astro. */
export async function answerApi(request: Request, peerAddress: string): Promise<Response> {
  const { api } = await running
  return api.fetch(request, { peerAddress })
}

/** The door of `astro dev` for pages: those rendered on demand find the running product in their locals. */
export default {
  async fetch(request: Request): Promise<Response> {
    const state = new FetchState(request)
    Object.assign(state.locals, {
      barbell: await running,
      peerAddress: '127.0.0.1',
      requestId: crypto.randomUUID(),
    })
    return astro(state)
  },
}
