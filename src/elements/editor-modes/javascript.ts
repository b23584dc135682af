import { javascriptLanguage } from '@codemirror/lang-javascript'
import { LanguageSupport } from '@codemirror/language'

/** JavaScript, without the completions that its package brings along. */
export function javascriptMode(): LanguageSupport {
  return new LanguageSupport(javascriptLanguage)
}
