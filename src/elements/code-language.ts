/** Where this browser remembers the language that its reader wants to see samples in. */
export const codeLanguageKey = 'barbell:code-language'

/** Fired at the document when the language of the page's samples has changed. */
const languageEvent = 'barbell:code-language'

/** The language that samples are shown in, such as `python`. Undefined until the reader has chosen one. */
export function codeLanguage(): string | undefined {
  return document.documentElement.dataset['codeLanguage'] || remembered() || undefined
}

/** Shows samples in a language from now on: on this page, on every other and in other browser tabs. */
export function chooseCodeLanguage(language: string): void {
  try {
    localStorage.setItem(codeLanguageKey, language)
  } catch {
    // Where the browser keeps nothing for a site, the choice lasts as long as the page.
  }
  document.documentElement.dataset['codeLanguage'] = language
  document.dispatchEvent(new Event(languageEvent))
}

/** Calls `follow` with each language that is chosen, here or in another browser tab, until the signal aborts. */
export function onCodeLanguage(follow: (language: string) => void, signal: AbortSignal): void {
  const root = document.documentElement
  const followMemory = () => {
    const language = remembered()
    if (!language) return
    root.dataset['codeLanguage'] = language
    follow(language)
  }
  document.addEventListener(languageEvent, () => follow(root.dataset['codeLanguage'] ?? ''), {
    signal,
  })
  window.addEventListener('storage', ({ key }) => key === codeLanguageKey && followMemory(), {
    signal,
  })
  // A page that comes back from the back/forward cache slept through the storage events.
  window.addEventListener('pageshow', ({ persisted }) => persisted && followMemory(), { signal })
}

function remembered(): string | null {
  try {
    return localStorage.getItem(codeLanguageKey)
  } catch {
    return null
  }
}
