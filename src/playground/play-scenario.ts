import type { Exchange } from '#runner/contract.ts'
import { objectOf, textOf } from './json-value.ts'
import { maskedExchange } from './masked-exchange.ts'
import type { ExpectedAnswer, Scenario, Stage, StepResult } from './scenarios/scenario.ts'

/** How a scenario ended: as it says, stopped by its reader, with another answer than it says, or with none. */
export type Ending = 'done' | 'stopped' | 'unexpected' | 'no-answer'

/** A step that was played. Its exchange is for showing: secrets are starred out. */
export interface PlayedStep extends StepResult {
  asExpected: boolean
}

/**
 * Plays a scenario step by step, until one of them is not answered as it says. Whatever the ending, the scenario has
 * tidied up after itself when this resolves.
 */
export async function playScenario(
  scenario: Scenario,
  stage: Stage,
  onStep: (step: PlayedStep) => void,
): Promise<Ending> {
  const results = scenario.play(stage)
  try {
    for (const { answer } of scenario.steps) {
      const { value: result } = await results.next()
      if (stage.signal.aborted) return 'stopped'
      if (!result) throw new TypeError(`the scenario ${scenario.name} has fewer results than steps`)
      const asExpected = result.exchange === null || isExpected(result.exchange, answer)
      onStep({
        ...result,
        exchange: result.exchange && maskedExchange(result.exchange),
        asExpected,
      })
      if (result.exchange?.response === null) return 'no-answer'
      if (!asExpected) return 'unexpected'
    }
    return 'done'
  } finally {
    await results.return()
  }
}

/** The code of a problem (RFC 9457) or of an OAuth error (RFC 6749 section 5.2); empty where there is none. */
export function codeIn({ response }: Exchange): string {
  try {
    const { code, error } = objectOf(JSON.parse(response?.body ?? ''))
    return textOf(code) || textOf(error)
  } catch {
    return ''
  }
}

function isExpected(exchange: Exchange, { status, code }: ExpectedAnswer): boolean {
  return exchange.response?.status === status && (code === undefined || codeIn(exchange) === code)
}
