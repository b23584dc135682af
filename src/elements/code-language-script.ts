import { codeLanguageKey } from './code-language.ts'

const key = JSON.stringify(codeLanguageKey)

/**
 * Source of an inline script for the head of every page that may show a code-switch. It says on `<html>`, before
 * the first paint, that scripts run and which language was chosen last (empty: none), so that the style sheet shows
 * the right sample at once and nothing moves when the element is defined.
 */
export const codeLanguageScript = `{
  let language
  try {
    language = localStorage.getItem(${key})
  } catch {}
  document.documentElement.dataset.codeLanguage = language ?? ''
}`
