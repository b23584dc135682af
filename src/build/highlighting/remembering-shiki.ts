import {
  type ExpressiveCodePlugin,
  type ExpressiveCodeTheme,
  InlineStyleAnnotation,
  pluginShiki,
} from '@astrojs/starlight/expressive-code'
import {
  type HighlighterCore,
  type LanguageRegistration,
  type ThemeRegistration,
  createHighlighterCore,
} from 'shiki/core'
import { createOnigurumaEngine } from 'shiki/engine/oniguruma'
import { bundledLanguages } from 'shiki/langs'
import { LineMemory } from './line-memory.ts'
import { SampleShelf, type Token } from './sample-shelf.ts'

type Analysis = Parameters<
  NonNullable<NonNullable<ExpressiveCodePlugin['hooks']>['performSyntaxAnalysis']>
>[0]
type CodeLine = ReturnType<Analysis['codeBlock']['getLines']>[number]

const [italic, bold, underline, strikethrough] = [1, 2, 4, 8]
const shells: ReadonlySet<string> = new Set('shellscript shell bash sh zsh nu nushell'.split(' '))

/**
 * The highlighting of Expressive Code with a memory: each line is read once in a build, not once for each time that it
 * stands in a sample. It finds what the usual plugin finds and has its name, and so takes its place; languages that
 * Shiki does not bring are left to that one.
 * @param folder keeps whole samples for later starts: where all of a page are known, no language is made ready
 */
export function rememberingShiki(folder?: string): ExpressiveCodePlugin {
  const usual = pluginShiki()
  const memories = new Memories()
  const shelf = folder === undefined ? undefined : new SampleShelf(folder)
  return {
    name: usual.name,
    hooks: {
      async performSyntaxAnalysis(analysis) {
        const { codeBlock, styleVariants } = analysis
        const { language } = codeBlock
        if (!isBundled(language)) return usual.hooks?.performSyntaxAnalysis?.(analysis)
        const lines = codeBlock.getLines()
        const code = readable(codeBlock.code, language)
        const themes = styleVariants.map(({ theme }) => theme)
        const read = () => memories.read(code, language, themes)
        const found = await (shelf ? shelf.take({ language, code, themes }, read) : read())
        for (const [styleVariantIndex, theme] of themes.entries()) {
          for (const [index, tokens] of found[styleVariantIndex]?.entries() ?? []) {
            colour(lines[index], tokens, { styleVariantIndex, plain: theme.fg })
          }
        }
      },
    },
  }
}

type Language = keyof typeof bundledLanguages

function isBundled(language: string): language is Language {
  return Object.hasOwn(bundledLanguages, language)
}

/** A placeholder such as `<name>` is no redirection of a shell, and is coloured as the words beside it. */
function readable(code: string, language: string): string {
  return shells.has(language) ? code.replace(/<([^>]*[^>\s])>/g, 'X$1X') : code
}

function colour(
  line: CodeLine | undefined,
  tokens: readonly Token[],
  { styleVariantIndex, plain }: { styleVariantIndex: number; plain: string },
): void {
  let columnStart = 0
  for (const { content, color, bgColor, fontStyle = 0 } of tokens) {
    const columnEnd = columnStart + content.length
    const has = (style: number): boolean => fontStyle > 0 && (fontStyle & style) !== 0
    line?.addAnnotation(
      new InlineStyleAnnotation({
        styleVariantIndex,
        color: color || plain,
        bgColor,
        italic: has(italic),
        bold: has(bold),
        underline: has(underline),
        strikethrough: has(strikethrough),
        inlineRange: { columnStart, columnEnd },
        renderPhase: 'earliest',
      }),
    )
    columnStart = columnEnd
  }
}

/** One memory for each language in each theme. */
class Memories {
  readonly #loaded = new Map<Language, Promise<void>>()
  readonly #themes = new Map<ExpressiveCodeTheme, Promise<string>>()
  readonly #memories = new Map<string, LineMemory>()
  #highlighter: Promise<HighlighterCore> | undefined

  /** The tokens of each line, in the colours of each theme. */
  async read(
    code: string,
    language: Language,
    themes: readonly ExpressiveCodeTheme[],
  ): Promise<(readonly Token[])[][]> {
    const found = []
    for (const theme of themes) found.push((await this.#of(language, theme)).read(code))
    return found
  }

  async #of(language: Language, theme: ExpressiveCodeTheme): Promise<LineMemory> {
    this.#highlighter ??= createHighlighterCore({
      themes: [],
      langs: [],
      engine: createOnigurumaEngine(import('shiki/wasm')),
    })
    const highlighter = await this.#highlighter
    await upsert(this.#loaded, language, () => loadLanguage(highlighter, language))
    const name = await upsert(this.#themes, theme, () => this.#loadTheme(highlighter, theme))
    return upsert(
      this.#memories,
      `${language} ${name}`,
      () => new LineMemory(highlighter, language, name),
    )
  }

  /** Two sites of one process may have different themes under one name. */
  async #loadTheme(highlighter: HighlighterCore, theme: ExpressiveCodeTheme): Promise<string> {
    const name = `${theme.name}-${this.#themes.size}`
    const { type, colors, fg, bg } = theme
    const settings = theme.settings as NonNullable<ThemeRegistration['settings']>
    await highlighter.loadTheme({ name, type, colors, fg, bg, settings })
    return name
  }
}

/** Loads a language with all that may be written inside it, which Shiki itself leaves for later. */
async function loadLanguage(highlighter: HighlighterCore, language: Language): Promise<void> {
  const registrations = new Map<string, LanguageRegistration>()
  const seen = new Set<string>()
  async function add(name: string): Promise<void> {
    if (seen.has(name) || !isBundled(name)) return
    seen.add(name)
    const { default: found } = await bundledLanguages[name]()
    for (const each of found) registrations.set(each.name, { ...each, embeddedLangsLazy: [] })
    await Promise.all(found.flatMap((each) => each.embeddedLangsLazy ?? []).map(add))
  }
  await add(language)
  const loaded = highlighter.getLoadedLanguages()
  const missing = [...registrations.values()].filter(({ name }) => !loaded.includes(name))
  await highlighter.loadLanguage(...missing)
}

function upsert<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
