/** What a scan of a site sees. */
export interface Scanned {
  /** The address that answered in the end. */
  url: string
  /** Fields of its answer, names in lower case. */
  headers: Readonly<Record<string, string | undefined>>
  /** `Set-Cookie` values of the site. */
  cookies: readonly string[]
  html: string
  /** Where plain HTTP led: to https on this host, elsewhere, or nowhere since nothing listens. */
  plainHttp: 'to-https' | 'closed' | 'stays'
}

/** Points for one thing that the scan looks at; above 0 is a bonus. */
export interface Finding {
  test: string
  result: string
  points: number
}

export interface Grade {
  grade: string
  score: number
  findings: Finding[]
}

const leastForBonus = 90
const halfYearSeconds = 15_768_000
const broad = ['ftp:', 'http:', 'https:', '*', 'http://*', 'http://*.*', 'https://*', 'https://*.*']
const inline = ["'unsafe-inline'", 'data:']
const grades: readonly (readonly [from: number, grade: string])[] = [
  [100, 'A+'],
  [90, 'A'],
  [85, 'A-'],
  [80, 'B+'],
  [70, 'B'],
  [65, 'B-'],
  [60, 'C+'],
  [50, 'C'],
  [45, 'C-'],
  [40, 'D+'],
  [30, 'D'],
  [25, 'D-'],
  [0, 'F'],
]

/**
 * Grades a site by the rules of the MDN HTTP Observatory: 100 points, less what is missing; bonuses count only
 * for those who have 90 without them. HSTS preloading is not looked at: it is a list in browsers.
 * @see https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring
 */
export function observatoryGrade(scanned: Scanned): Grade {
  const findings = [
    policy(scanned),
    cookies(scanned),
    sharing(scanned),
    redirection(scanned),
    referrer(scanned),
    transport(scanned),
    integrity(scanned),
    sniffing(scanned),
    framing(scanned),
    resourcePolicy(scanned),
  ]
  const sum = (points: readonly number[]): number => points.reduce((a, b) => a + b, 0)
  const base = 100 + sum(findings.map(({ points }) => Math.min(points, 0)))
  const bonus = sum(findings.map(({ points }) => Math.max(points, 0)))
  const score = Math.max(base >= leastForBonus ? base + bonus : base, 0)
  const grade = grades.find(([from]) => score >= from)?.[1] ?? 'F'
  return { grade, score, findings }
}

function policy({ headers, url }: Scanned): Finding {
  const test = 'Content-Security-Policy'
  const text = headers['content-security-policy']
  if (text === undefined) return { test, result: 'none', points: -25 }
  const directives = readPolicy(text)
  const sourcesOf = (name: string): string[] =>
    withoutNeutralised(directives.get(name) ?? directives.get('default-src') ?? ['*'])
  const scripts = sourcesOf('script-src')
  const styles = sourcesOf('style-src')
  const has = (sources: string[], wanted: readonly string[]): boolean =>
    sources.some((source) => wanted.includes(source))

  if (has(scripts, [...broad, ...inline]) || has(sourcesOf('object-src'), broad)) {
    return { test, result: 'inline scripts, or scripts and objects from anywhere', points: -20 }
  }
  const insecure = insecureDirectives(directives, url)
  if (insecure.some((name) => !isPassive(name))) {
    return { test, result: 'active content over http', points: -20 }
  }
  if (has([...scripts, ...styles], ["'unsafe-eval'"])) {
    return { test, result: 'eval', points: -10 }
  }
  if (insecure.length > 0) return { test, result: 'images or media over http', points: -10 }
  if (has(styles, [...broad, ...inline])) return { test, result: 'inline styles', points: 0 }
  const isClosed = directives.get('default-src')?.join() === "'none'"
  return isClosed
    ? { test, result: "nothing unsafe, default-src 'none'", points: 10 }
    : { test, result: 'nothing unsafe', points: 5 }
}

/** Directives of a policy, the first of a name counts (CSP3 section 2.2.1). */
function readPolicy(text: string): ReadonlyMap<string, string[]> {
  const directives = new Map<string, string[]>()
  for (const part of text.split(';')) {
    const [name = '', ...sources] = part.trim().split(/\s+/)
    if (name !== '' && !directives.has(name.toLowerCase())) {
      directives.set(name.toLowerCase(), sources)
    }
  }
  return directives
}

/** A hash or a nonce makes browsers ignore 'unsafe-inline'. */
function withoutNeutralised(sources: string[]): string[] {
  const isNeutral = sources.some((source) => /^'(?:sha\d{3}|nonce)-/.test(source))
  return isNeutral ? sources.filter((source) => source !== "'unsafe-inline'") : sources
}

function insecureDirectives(directives: ReadonlyMap<string, string[]>, url: string): string[] {
  if (!url.startsWith('https:')) return []
  return [...directives]
    .filter(([, sources]) => sources.some((source) => /^(?:http|ftp):/.test(source)))
    .map(([name]) => name)
}

function isPassive(name: string): boolean {
  return name === 'img-src' || name === 'media-src'
}

function cookies(scanned: Scanned): Finding {
  const test = 'Cookies'
  if (scanned.cookies.length === 0) return { test, result: 'none', points: 0 }
  const isProtected = transport(scanned).points >= 0
  const worst = scanned.cookies
    .map((cookie) => cookieFinding(cookie, isProtected))
    .sort((a, b) => a.points - b.points)[0]
  return { test, result: worst?.result ?? '', points: worst?.points ?? 0 }
}

function cookieFinding(cookie: string, hasHsts: boolean): Omit<Finding, 'test'> {
  const [pair = '', ...rest] = cookie.split(';').map((part) => part.trim())
  const attributes = new Map(
    rest.map((part) => {
      const [name = '', value = ''] = part.split('=')
      return [name.toLowerCase(), value.toLowerCase()] as const
    }),
  )
  // The scan knows sessions by these names only; ours is one whatever it is called.
  const isSession = /login|sess|token/i.test(pair.split('=')[0] ?? '')
  const sameSite = attributes.get('samesite')
  if (!attributes.has('secure')) {
    const points = isSession ? [-40, -10] : [-20, -5]
    return { result: 'not Secure', points: points[hasHsts ? 1 : 0] ?? 0 }
  }
  if (isSession && !attributes.has('httponly')) return { result: 'not HttpOnly', points: -30 }
  if (sameSite === undefined) return { result: 'without SameSite', points: 0 }
  if (!['lax', 'strict', 'none'].includes(sameSite)) {
    return { result: 'with a SameSite that is none', points: -20 }
  }
  return { result: 'Secure, HttpOnly, SameSite', points: 5 }
}

function sharing({ headers }: Scanned): Finding {
  const test = 'CORS'
  const allowed = headers['access-control-allow-origin']
  if (allowed === undefined) return { test, result: 'closed', points: 0 }
  const withCredentials = headers['access-control-allow-credentials'] === 'true'
  return withCredentials
    ? { test, result: 'open with credentials', points: -50 }
    : { test, result: 'open without credentials', points: 0 }
}

function redirection({ plainHttp }: Scanned): Finding {
  const points = plainHttp === 'stays' ? -20 : 0
  return { test: 'Redirection', result: plainHttp, points }
}

const privatePolicies = [
  'no-referrer',
  'same-origin',
  'strict-origin',
  'strict-origin-when-cross-origin',
]

function referrer({ headers }: Scanned): Finding {
  const test = 'Referrer-Policy'
  const value = headers['referrer-policy']
  if (value === undefined) return { test, result: 'none', points: 0 }
  const last = value.split(',').at(-1)?.trim() ?? ''
  return { test, result: last, points: privatePolicies.includes(last) ? 5 : -5 }
}

function transport({ headers, url }: Scanned): Finding {
  const test = 'Strict-Transport-Security'
  const value = headers['strict-transport-security']
  if (!url.startsWith('https:') || value === undefined) return { test, result: 'none', points: -20 }
  const seconds = Number(/max-age="?(\d+)/i.exec(value)?.[1] ?? NaN)
  if (Number.isNaN(seconds)) return { test, result: 'unreadable', points: -20 }
  return seconds >= halfYearSeconds
    ? { test, result: 'half a year or more', points: 0 }
    : { test, result: 'less than half a year', points: -10 }
}

function integrity({ html, url }: Scanned): Finding {
  const test = 'Subresource Integrity'
  const scripts = [...html.matchAll(/<script\b[^>]*\ssrc="([^"]*)"[^>]*>/g)]
  const foreign = scripts.filter(
    ([, source = '']) => URL.parse(source, url)?.origin !== new URL(url).origin,
  )
  if (foreign.length === 0) return { test, result: 'all scripts are of this origin', points: 0 }
  const isSecure = foreign.every(([, source = '']) => source.startsWith('https:'))
  const isChecked = foreign.every(([tag]) => /\sintegrity="/.test(tag))
  if (isSecure) {
    return isChecked
      ? { test, result: 'foreign scripts are checked', points: 5 }
      : { test, result: 'foreign scripts are not checked', points: -5 }
  }
  return { test, result: 'foreign scripts over http', points: isChecked ? -20 : -50 }
}

function sniffing({ headers }: Scanned): Finding {
  const value = headers['x-content-type-options']
  const points = value === 'nosniff' ? 0 : -5
  return { test: 'X-Content-Type-Options', result: value ?? 'none', points }
}

function framing({ headers }: Scanned): Finding {
  const test = 'X-Frame-Options'
  const ancestors = readPolicy(headers['content-security-policy'] ?? '').get('frame-ancestors')
  if (ancestors !== undefined && !ancestors.some((source) => broad.includes(source))) {
    return { test, result: 'by frame-ancestors', points: 5 }
  }
  const value = headers['x-frame-options']?.toLowerCase()
  const points = value === 'deny' || value === 'sameorigin' ? 0 : -20
  return { test, result: value ?? 'none', points }
}

function resourcePolicy({ headers }: Scanned): Finding {
  const test = 'Cross-Origin-Resource-Policy'
  const value = headers['cross-origin-resource-policy']
  if (value === undefined) return { test, result: 'none', points: 0 }
  const points: Record<string, number> = { 'same-origin': 10, 'same-site': 10, 'cross-origin': 0 }
  return { test, result: value, points: points[value] ?? -5 }
}
