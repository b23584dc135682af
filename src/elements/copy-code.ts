import type { Language } from '#runner/contract.ts'
import { fillIn, tabReader } from '#runner/reader.ts'
import { withEnvironment } from './environment-code.ts'
import type { CopyKind } from './sample-toolbar.ts'

/** What is copied, and how. */
export interface CopyRequest {
  /** As the reader sees it. */
  text: string
  kind: CopyKind
  language: Language
}

/**
 * Puts code on the clipboard. The reader's key leaves the memory of the tab only where it was asked for by name.
 * @returns a sentence for the reader
 */
export async function copyCode({ text, kind, language }: CopyRequest): Promise<string> {
  const reader = tabReader.current
  if (kind === 'key' && !reader) {
    return 'Nothing copied: this tab has no account. Choose one at the top of the page.'
  }
  const texts: Record<CopyKind, () => string> = {
    shown: () => text,
    environment: () => withEnvironment(text, language),
    key: () => fillIn(text, reader, location.origin),
  }
  try {
    await navigator.clipboard.writeText(texts[kind]())
  } catch {
    return 'Nothing copied: the browser refused.'
  }
  return copiedSentences[kind]
}

const copiedSentences: Record<CopyKind, string> = {
  shown: 'Copied as shown.',
  environment: 'Copied. Keys and passwords come from the environment.',
  key: 'Copied with your key in it.',
}
