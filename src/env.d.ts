import type { Barbell } from './compose.ts'

declare global {
  namespace App {
    interface Locals {
      /** The running product; absent while pages are prerendered. */
      barbell: Barbell
      /** The socket's other end; undefined where there is none. */
      peerAddress: string | undefined
      requestId: string
    }
  }
}
