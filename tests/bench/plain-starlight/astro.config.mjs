import starlight from '@astrojs/starlight'
import { defineConfig } from 'astro/config'

// What Starlight is without us: the yardstick of the bench's part "build".
export default defineConfig({
  site: 'https://plain.example',
  integrations: [starlight({ title: 'Plain' })],
})
