import type { Barbell } from './compose.ts'

declare global {
  namespace App {
    interface Locals {
      /** The running product; absent in pages that are prerendered. */
      barbell: Barbell
      /** Scheme, host and port of the site; absent while pages are prerendered. */
      origin: string
      /** The socket's other end; undefined where there is none. */
      peerAddress: string | undefined
      requestId: string
      /** Takes the error that ended a page, and gives what the reader gets; absent in `astro dev`, which shows it. */
      failed?: (error: unknown) => Promise<Response>
    }
  }
}
