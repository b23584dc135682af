import { answerWords, leavesWords } from '#playground/scenarios/words.ts'
import type { Scenario, ScenarioStep } from '#playground/scenarios/scenario.ts'

/** An HTML element as data: a page of Markdown and a page of Astro each write it in their own way. */
export interface Tree {
  tag: string
  attributes: Readonly<Record<string, string>>
  children: readonly (Tree | string)[]
}

/** A scenario in words, for readers without script and for the search; its element adds the button. */
export function scenarioTree(scenario: Scenario): Tree {
  const { name, title, summary, steps } = scenario
  return tree('api-scenario', { name, id: scenarioId(name), class: 'not-content' }, [
    tree('p', { class: 'sc-title' }, [title]),
    tree('p', { class: 'sc-summary' }, prose(summary)),
    tree('ol', { class: 'sc-steps' }, steps.map(stepTree)),
    tree('p', { class: 'sc-leaves' }, [
      tree('b', {}, ['Left behind: ']),
      ...prose(leavesWords(scenario)),
    ]),
  ])
}

/** Where it is in its page. */
export function scenarioId(name: string): string {
  return `scenario-${name}`
}

function stepTree({ does, answer, why, read }: ScenarioStep): Tree {
  return tree('li', {}, [
    tree('p', { class: 'sc-does' }, [
      ...prose(does),
      ' ',
      tree('span', { class: 'sc-answer' }, [`Answer: ${answerWords(answer)}`]),
    ]),
    tree('p', { class: 'sc-why' }, [
      ...prose(why),
      ' ',
      tree('a', { href: read.href }, [read.text]),
    ]),
  ])
}

function tree(
  tag: string,
  attributes: Tree['attributes'],
  children: readonly (Tree | string)[],
): Tree {
  return { tag, attributes, children }
}

/** What stands between backticks is code. */
function prose(text: string): (Tree | string)[] {
  return text.split('`').map((part, at) => (at % 2 === 1 ? tree('code', {}, [part]) : part))
}
