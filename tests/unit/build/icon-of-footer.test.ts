import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const starlight = new URL('./', import.meta.resolve('@astrojs/starlight'))

test('the footer of Starlight still imports all its components, and wants one icon of them', () => {
  const footer = readFileSync(fileURLToPath(new URL('components/Footer.astro', starlight)), 'utf8')
  expect(footer).toContain("import { Icon } from '../components';")
})
