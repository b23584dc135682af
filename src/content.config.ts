import { createRequire } from 'node:module'
import type * as Native from './build/collections.ts'

const native = createRequire(import.meta.url)

/**
 * Astro has Vite read this file. What stands in it comes from Node, which has loaded nearly all of it for
 * astro.config.mjs: Vite would read a hundred modules of Astro, Starlight and the API once more.
 */
export const { collections } = native('./build/collections.ts') as typeof Native
