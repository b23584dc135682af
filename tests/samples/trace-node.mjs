// @ts-check
/**
 * Loaded before a sample (`node --import`): notes from which of its lines each `fetch` is called. The call itself goes
 * on unchanged.
 */
import { appendFileSync } from 'node:fs'

const notes = process.env['BARBELL_SAMPLE_NOTES'] ?? ''
delete process.env['BARBELL_SAMPLE_NOTES'] // the sample's environment is the reader's
const { fetch } = globalThis

/** @param {Parameters<typeof fetch>} given */
globalThis.fetch = (...given) => {
  const line = /sample\.mjs:(\d+)/.exec(new Error('here').stack ?? '')?.[1] ?? '0'
  appendFileSync(notes, `${line}\n`)
  return fetch(...given)
}
