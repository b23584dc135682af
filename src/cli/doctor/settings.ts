import type { Config } from '../../config.ts'
import { about, type Finding } from './finding.ts'

const loopbackHost = /^(?:127\.[\d.]+|::1|localhost)$/

/** Whether the settings fit each other and the way a server of theirs is reached. */
export function checkSettings(config: Config): Finding[] {
  return [checkUrl(config), ...checkProxies(config), ...checkLimits(config)]
}

function checkUrl({ host, origin, secure }: Config): Finding {
  const { ok, mend } = about('BARBELL_URL')
  if (secure || loopbackHost.test(host)) return ok(`readers open ${origin}`)
  return mend(
    `HOST is ${host}, which other machines reach, and readers would be sent to ${origin}: set BARBELL_URL to the https address in their browsers.`,
  )
}

function checkProxies({ secure, trustedProxies }: Config): Finding[] {
  const { ok, note } = about('BARBELL_TRUSTED_PROXIES')
  if (!secure) return []
  if (trustedProxies.length > 0) return [ok('the proxy in front is believed about addresses')]
  return [
    note(
      'not set, and https comes from a proxy in front: without its network here, all readers share the limits of one address.',
    ),
  ]
}

function checkLimits({ limits }: Config): Finding[] {
  if (limits !== 'off') return []
  return [about('BARBELL_LIMITS').note('off: passwords and keys can be tried without end.')]
}
