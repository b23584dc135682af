import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'
import type { Estimate, EstimateQuestion } from './password-estimate.ts'

// A thread of its own, since a check takes up to 100 ms. Its script comes with a policy that lets it reach nothing
// (src/static/content-security-policy.ts): a password that is typed goes nowhere from here.
//
// Left out is the comparison with every known password letter by letter (`useLevenshteinDistance`): it takes a second.
const zxcvbn = new ZxcvbnFactory({
  graphs: adjacencyGraphs,
  dictionary: { ...common, ...english },
})

addEventListener('message', ({ data }: MessageEvent<EstimateQuestion>) => {
  const { score, feedback } = zxcvbn.check(data.password, [...data.words])
  const estimate: Estimate = { score, warning: feedback.warning }
  postMessage(estimate)
})
