import { readFileSync } from 'node:fs'

const file = new URL('../styles/tokens.css', import.meta.url)
const declaration = /(--[\w-]+):\s*([^;]+);/g

export type Theme = 'dark' | 'light'

/** What the style sheet of tokens sets in a theme, by name: `--bb-good` and so on, as it is written there. */
export function readTokens(theme: Theme): ReadonlyMap<string, string> {
  const [dark = '', light = ''] = readFileSync(file, 'utf8').split(":root[data-theme='light']")
  const written = theme === 'dark' ? dark : dark + light
  return new Map(
    [...written.matchAll(declaration)].map(([, name = '', value = '']) => [name, value]),
  )
}

/** The value of a token, with the tokens that it is made of filled in. @throws {TypeError} for an unknown one */
export function tokenValue(tokens: ReadonlyMap<string, string>, name: string): string {
  const value = tokens.get(name)
  if (value === undefined) throw new TypeError(`tokens.css has no ${name}`)
  return value.replaceAll(/var\((--[\w-]+)\)/g, (_, inner: string) => tokenValue(tokens, inner))
}
