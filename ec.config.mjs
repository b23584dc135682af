// @ts-check
import { join } from 'node:path'
import { defineEcConfig } from '@astrojs/starlight/expressive-code'
import { rememberingShiki } from './src/build/highlighting/remembering-shiki.ts'

// A start of `astro dev` reads what an earlier one has highlighted.
const kept = process.argv.includes('dev')
  ? join(import.meta.dirname, 'node_modules/.astro/barbell-samples')
  : undefined

// What can be said as data is in astro.config.mjs. A plugin is code, and Starlight's component <Code> finds it here.
export default defineEcConfig({ plugins: [rememberingShiki(kept)] })
