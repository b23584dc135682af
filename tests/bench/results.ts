import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const title = '# Bench'

/**
 * Replaces a part of a results file; what it says of the others stays.
 * @param order the names of all parts
 */
export function writeResult(
  file: string,
  result: { part: string; text: string },
  order: readonly string[],
): void {
  const results = readResults(file).set(result.part, result.text)
  const sections = order.flatMap((part) => {
    const text = results.get(part)
    return text === undefined ? [] : [`## ${part}\n\n${text}`]
  })
  writeFileSync(file, `${[title, ...sections].join('\n\n')}\n`)
}

function readResults(file: string): Map<string, string> {
  if (!existsSync(file)) return new Map()
  const sections = readFileSync(file, 'utf8').split(/^## /m).slice(1)
  return new Map(
    sections.map((section) => {
      const [name = '', ...lines] = section.split('\n')
      return [name, lines.join('\n').trim()]
    }),
  )
}
