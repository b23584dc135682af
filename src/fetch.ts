import { FetchState, astro } from 'astro/fetch'
import type { Barbell } from './compose.ts'
import { readConfig } from './config.ts'

/** The one running product of `astro dev`: an edit on the server side closes it before a new one opens the store. */
const holder = globalThis as typeof globalThis & { barbellInDev?: Promise<Barbell> }

const config = readConfig(process.env)
let running: Promise<Barbell> | undefined

/** Opened when it is asked for: a writer, who reads pages, does not wait until all of the API has been loaded. */
function product(): Promise<Barbell> {
  running ??= holder.barbellInDev = reopen(holder.barbellInDev)
  return running
}

async function reopen(previous: Promise<Barbell> | undefined): Promise<Barbell> {
  const open = await previous?.catch(() => undefined)
  await open?.close()
  const { compose } = await import('./compose.ts')
  return compose(config)
}

/** The API inside `astro dev`; `src/build/api-in-dev.ts` puts it in front of Astro. */
export async function answerApi(request: Request, peerAddress: string): Promise<Response> {
  const { api } = await product()
  return api.fetch(request, { peerAddress })
}

/** The door of `astro dev` for pages: those rendered on demand find the running product in their locals. */
export default {
  async fetch(request: Request): Promise<Response> {
    const state = new FetchState(request)
    Object.assign(state.locals, {
      origin: config.origin,
      peerAddress: '127.0.0.1',
      requestId: crypto.randomUUID(),
      ...(!state.routeData?.prerender && { barbell: await product() }),
    })
    return astro(state)
  },
}
