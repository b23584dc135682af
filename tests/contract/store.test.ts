import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { describeStore } from './describe-store.ts'
import { nowMs } from './records.ts'

describeStore('lowdb', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-store-'))
  const options = { directory, clock: { nowMs: () => nowMs } }
  let store = await openLowdbStore(options)
  onTestFinished(async () => {
    await store.close()
    await rm(directory, { recursive: true })
  })
  return {
    store,
    async reopen() {
      await store.close()
      store = await openLowdbStore(options)
      return store
    },
  }
})
