// @ts-check
import { satteri } from '@astrojs/markdown-satteri'
import mdx from '@astrojs/mdx'
import sitemap from '@astrojs/sitemap'
import starlight from '@astrojs/starlight'
import { apiInDev } from './src/build/api-in-dev.ts'
import { bundledAstro } from './src/build/bundled-astro.ts'
import { cards } from './src/build/cards/cards.ts'
import { iconOfFooter } from './src/build/icon-of-footer.ts'
import { apiBlocks } from './src/build/markdown/api-blocks.ts'
import { codeSwitch } from './src/build/markdown/code-switch.ts'
import { findableCodes } from './src/build/markdown/findable-codes.ts'
import { scenario } from './src/build/markdown/scenario.ts'
import { pageEdits } from './src/build/page-edits/page-edits.ts'
import { passwordWorker } from './src/build/password-worker.ts'
import { precompress } from './src/build/precompress.ts'
import { pagesByName } from './src/build/pages-by-name.ts'
import { pageChecks } from './src/build/page-checks.ts'
import { failingSamples } from './src/build/samples/failing-samples.ts'
import { runnerAssets } from './src/build/runner-assets.ts'
import { nodeWithOwnServer } from './src/build/server-entry.ts'
import { readBuildConfig } from './src/config.ts'
import { serverWithoutContent } from './src/build/server-without-content.ts'
import { unchangedStore } from './src/build/unchanged-store.ts'
import { codeLanguageScript } from './src/elements/code-language-script.ts'
import { originPlaceholder } from './src/origin-placeholder.ts'

const { editUrl } = readBuildConfig(process.env)

/** @type {import('astro').AstroUserConfig} Without `defineConfig`, whose module brings an optimizer of images. */
const config = {
  site: originPlaceholder,
  // The addresses that pages link to: canonical links and the sitemap spell them alike.
  trailingSlash: 'never',
  output: 'static',
  adapter: nodeWithOwnServer(new URL('./src/server.ts', import.meta.url)),
  // Our own rule guards the API (a form POST from Python bears no Origin) and our forms.
  security: { checkOrigin: false },
  session: false,
  build: { inlineStylesheets: 'never' },
  prefetch: false,
  devToolbar: { enabled: false },
  // Editors complete the frontmatter of a page by the schema that this writes.
  experimental: { contentIntellisense: true },
  // Pages rendered on demand find the running product through it; in production src/server.ts gives it to them.
  fetchFile: process.argv.includes('dev') ? 'fetch' : null,
  markdown: {
    processor: satteri({
      features: { directive: true },
      mdastPlugins: [codeSwitch(), scenario(), apiBlocks()],
      hastPlugins: [findableCodes],
    }),
  },
  vite: {
    build: {
      rolldownOptions: {
        // Astro marks modules by directives that the bundler need not keep; it warns once per page.
        onLog: (level, log, handler) => {
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handler(level, log)
        },
      },
    },
  },
  integrations: [
    starlight({
      title: 'Barbell',
      disable404Route: true,
      description: 'The documentation of the Barbell API, in which every example runs.',
      markdown: { processedDirs: ['./content'] },
      editLink: editUrl === undefined ? {} : { baseUrl: editUrl },
      customCss: [
        './src/styles/tokens.css',
        './src/styles/theme.css',
        './src/styles/navigation.css',
        './src/styles/landing.css',
        './src/styles/print.css',
        './src/elements/code-switch.css',
        './src/elements/code-sample.css',
        './src/elements/exchange-view.css',
        './src/elements/reader-account.css',
        './src/styles/reference.css',
        './src/styles/beside.css',
        './src/elements/api-scenario.css',
        './src/elements/trace.css',
      ],
      sidebar: [
        { label: 'Guide', items: [{ autogenerate: { directory: 'content/docs' } }] },
        { label: 'Reference', items: [{ autogenerate: { directory: 'content/reference' } }] },
      ],
      routeMiddleware: [
        './src/build/sidebar-names.ts',
        './src/build/large-sidebar.ts',
        './src/build/page-head.ts',
        './src/build/last-updated.ts',
      ],
      head: [
        { tag: 'script', content: codeLanguageScript },
        // Nothing is painted before the page is read as far as its heading: the parts of the header would move as
        // those behind them come.
        { tag: 'link', attrs: { rel: 'expect', href: '#_top', blocking: 'render' } },
        {
          tag: 'link',
          attrs: {
            rel: 'alternate',
            type: 'application/rss+xml',
            title: 'Changelog of the Barbell docs',
            href: '/docs/changelog.xml',
          },
        },
      ],
      components: {
        Header: './src/components/starlight/Header.astro',
        MarkdownContent: './src/components/starlight/MarkdownContent.astro',
        PageTitle: './src/components/starlight/PageTitle.astro',
        Sidebar: './src/components/starlight/Sidebar.astro',
        SiteTitle: './src/components/starlight/SiteTitle.astro',
        SocialIcons: './src/components/starlight/SocialIcons.astro',
      },
      expressiveCode: {
        themes: ['github-dark-dimmed', 'github-light'],
        styleOverrides: {
          borderColor: 'var(--bb-line)',
          borderRadius: 'var(--bb-radius)',
          codeBackground: 'var(--bb-card)',
          frames: { frameBoxShadowCssValue: 'none', terminalBackground: 'var(--bb-card)' },
        },
      },
    }),
    // What never changes in a page is compiled to one text instead of a call for each of its elements.
    mdx({ optimize: true }),
    // A page that wants a sign-in is found by nobody: robots.txt keeps it out, and so does this.
    sitemap({ filter: (page) => !page.includes('/dashboard/') }),
    pageEdits(import.meta.dirname),
    pageChecks(import.meta.dirname),
    apiInDev(),
    bundledAstro(),
    pagesByName(),
    iconOfFooter(),
    unchangedStore(),
    failingSamples(),
    passwordWorker(),
    runnerAssets(),
    cards(),
    serverWithoutContent(),
    precompress(),
  ],
}

export default config
