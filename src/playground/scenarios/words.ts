import type { ExpectedAnswer, Scenario } from './scenario.ts'

/** Such as `401 invalid_api_key`. */
export function answerWords({ status, code }: ExpectedAnswer): string {
  return code === undefined ? String(status) : `${status} ${code}`
}

/** What a scenario leaves behind, for whoever has not yet played it. */
export function leavesWords({ leaves, needs }: Scenario): string {
  if (needs !== 'cookie') return leaves
  return `${leaves} The sign-in of this browser is put back as it was.`
}
