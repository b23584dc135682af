import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['firefox-esr', 'firefox']

/** The Firefox that `BARBELL_TEST_FIREFOX` names, else the system's. @returns its path; undefined where there is none */
export function findFirefox(): string | undefined {
  const chosen = process.env['BARBELL_TEST_FIREFOX']
  if (chosen) return chosen
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path))
}
