import { scenarioNamed } from '#playground/scenarios/catalogue.ts'
import { answerWords, leavesWords } from '#playground/scenarios/words.ts'
import { type ApiBlockName, apiBlockNames } from './api-block.ts'
import { parseFenceInfo } from './fence-info.ts'
import { apiBlockMarkdown, apiWordsMarkdown } from './operation-markdown.ts'
import { scenarioId } from './scenario-tree.ts'
import { readSnippet } from './snippet.ts'

const asideNames: Record<string, string> = {
  note: 'Note',
  tip: 'Tip',
  caution: 'Caution',
  danger: 'Danger',
}
const codeSwitchOpening = /^\s*:{3,}code-switch\b/
const apiBlockOpening = new RegExp(`^\\s*:{3,}(${apiBlockNames.join('|')})\\b`)
const scenarioOpening = /^\s*:{3,}scenario\{name="([^"]+)"\}/
const asideOpening = /^\s*:{3,}(note|tip|caution|danger)(?:\[(.+)\])?\s*$/
const fenceOpening = /^\s*(`{3,}|~{3,})/
/** A fence with its code, in which two empty lines are two, or more empty lines than one between other things. */
const codeOrGap = /(^(?:> )?[ \t]*(`{3,}|~{3,}).*\n[\s\S]*?^(?:> )?[ \t]*\2[ \t]*$)|\n{3,}/gm
/** A picture that is imported as a component. */
const diagram = /^<[A-Z]\w* role="img" aria-label="([^"]*)" \/>$/
const blockEnd = /^\s*:{3,}\s*$/

/**
 * The text of a page as Markdown that any reader understands: a code-switch becomes its samples, each under its
 * label; a scenario its steps; an aside becomes a quotation, a diagram its words, and a block of the API what it says.
 * What stands inside a fence is left as it is.
 * @param body of a page without its frontmatter
 */
export function plainMarkdown(body: string): string {
  const out: string[] = []
  const open: ('code-switch' | 'scenario' | 'aside')[] = []
  let fence = ''
  let apiBlock: { name: ApiBlockName; lines: string[] } | undefined
  for (const line of body.split('\n')) {
    const mark = fenceOpening.exec(line)?.[1] ?? ''
    const quote = open.includes('aside') ? '> ' : ''
    if (apiBlock !== undefined) {
      apiBlock.lines.push(line)
      if (!blockEnd.test(line)) continue
      const { name, lines } = apiBlock
      out.push(...apiBlockMarkdown(lines.join('\n'), name).map((text) => (quote + text).trimEnd()))
      apiBlock = undefined
    } else if (fence !== '') {
      if (mark.startsWith(fence) && line.trim() === mark) fence = ''
      out.push(quote + line)
    } else if (mark !== '') {
      fence = mark
      out.push(...(open.at(-1) === 'code-switch' ? labelledFence(line, mark) : [quote + line]))
    } else if (codeSwitchOpening.test(line)) {
      open.push('code-switch')
    } else if (apiBlockOpening.test(line)) {
      apiBlock = { name: apiBlockOpening.exec(line)?.[1] as ApiBlockName, lines: [line.trim()] }
    } else if (scenarioOpening.test(line)) {
      open.push('scenario')
      out.push(
        ...scenarioText(scenarioOpening.exec(line)?.[1] ?? '').map((text) =>
          (quote + text).trimEnd(),
        ),
      )
    } else if (asideOpening.test(line)) {
      open.push('aside')
      const [, name = 'note', title] = asideOpening.exec(line) ?? []
      out.push(`> **${title ?? asideNames[name] ?? name}**`, '>')
    } else if (blockEnd.test(line) && open.length > 0) {
      open.pop()
    } else if (!/^(?:import|export)\s/.test(line)) {
      out.push((quote + apiWordsMarkdown(line).replace(diagram, '*Diagram: $1*')).trimEnd())
    }
  }
  return `${out
    .join('\n')
    .replaceAll(codeOrGap, (_, code?: string) => code ?? '\n\n')
    .trim()}\n`
}

function scenarioText(name: string): string[] {
  const scenario = scenarioNamed(name)
  if (!scenario) return []
  const { title, summary, steps } = scenario
  return [
    `**Scenario: ${title}.** ${summary}`,
    '',
    ...steps.map(
      ({ does, answer, why, read }, index) =>
        `${index + 1}. ${does} Answer: ${answerWords(answer)}. ${why} See [${read.text}](${read.href}).`,
    ),
    '',
    `Left behind: ${leavesWords(scenario)} [Run it](/playground#${scenarioId(name)}).`,
  ]
}

function labelledFence(line: string, mark: string): string[] {
  const { language, label, attributes } = parseFenceInfo(line.trim().slice(mark.length))
  const code = attributes.file === undefined ? undefined : readSnippet(attributes.file)
  return ['', `${label}:`, '', mark + language, ...(code === undefined ? [] : [code.trimEnd()])]
}
