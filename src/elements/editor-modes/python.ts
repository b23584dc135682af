import { pythonLanguage } from '@codemirror/lang-python'
import { LanguageSupport } from '@codemirror/language'

/** Python, without the completions that its package brings along. */
export function pythonMode(): LanguageSupport {
  return new LanguageSupport(pythonLanguage)
}
