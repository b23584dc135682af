// @ts-check
import { defineEcConfig } from '@astrojs/starlight/expressive-code'
import { rememberingShiki } from './src/build/highlighting/remembering-shiki.ts'

// What can be said as data is in astro.config.mjs. A plugin is code, and Starlight's component <Code> finds it here.
export default defineEcConfig({ plugins: [rememberingShiki()] })
