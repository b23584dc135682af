/** One thing that must hold, as a reviewer would ask for it. */
export interface Line {
  /** Stable: test titles begin with it. */
  id: string
  /** P0 blocks a release, P1 is expected. */
  priority: 'P0' | 'P1'
  title: string
  /** A part of it takes hours or minutes, and is held by tests that move the clock. */
  timed?: true
  /** Why it is not held, where that is a decision. The whole of it is in SECURITY.md. */
  declined?: string
}

function p0(id: string, title: string, rest: Pick<Line, 'timed'> = {}): Line {
  return { id, priority: 'P0', title, ...rest }
}

function p1(id: string, title: string, rest: Pick<Line, 'declined' | 'timed'> = {}): Line {
  return { id, priority: 'P1', title, ...rest }
}

const keys: Line[] = [
  p0('K1', 'Keys are random and evenly spread over their alphabet'),
  p0('K2', 'A whole key is shown once, when it is made'),
  p0('K3', 'Only a keyed digest of a key is stored'),
  p0('K4', 'Comparing a key takes the same time however much of it is right'),
  p0('K5', 'Every refused key gets the same answer in the same time'),
  p0('K6', 'A key works for its owner only, and only its owner manages it'),
  p0('K7', 'The owner of a key is the one of the session, whatever the request says'),
  p0('K8', 'The key header has one reading, or none'),
  p0('K9', 'A username cannot hold what would make the key header ambiguous'),
  p1('K10', 'A replaced key goes on as long as its owner chose, not longer', { timed: true }),
  p0('K11', 'A revoked key is refused from the next request on'),
  p1('K12', 'The time of last use never brings a revoked key back'),
  p0('K13', 'Managing keys takes a session that gave its password lately', { timed: true }),
  p1('K14', 'Simultaneous new and replaced keys stay within the limit'),
  p0('K15', 'A key is taken from its header only'),
  p1('K16', 'A key ends at the second that it was told', { timed: true }),
]

const accounts: Line[] = [
  p0('U1', 'Password length counts characters; any character may be used'),
  p0('U2', 'Every character of a password counts'),
  p0('U3', 'A long password costs the same for a known and an unknown user'),
  p0('U4', 'An unknown user takes as long as a wrong password'),
  p0('U5', 'Common and obvious passwords are refused, without the internet'),
  p0('U6', 'The cost of a hash is raised at the next sign-in'),
  p0('U7', 'Hashing blocks nothing else, and its queue has an end'),
  p1('U8', 'Names that look alike are one account, or refused'),
  p0('U9', 'Simultaneous registrations of a name make one account'),
  p1('U10', 'Asking which names are taken is slow'),
  p0('U11', 'A new password needs the old one and ends all other sessions'),
  p0('U12', 'No accounts from the start; forms that password managers can fill'),
  p0('U13', 'A deleted account leaves nothing to its name'),
  p1('U14', 'A reader sees and ends sessions'),
]

const limits: Line[] = [
  p0('R1', 'Every way to try a credential is counted'),
  p0('R2', 'Guessing at one account is capped, and its owner gets in afterwards'),
  p0('R3', 'Counting is exact however many come at once'),
  p0('R4', 'No header makes another client out of one'),
  p1('R5', 'IPv6 counts by network, and every spelling of an address is the same'),
  p0('R6', 'Callers without an address share one count'),
  p1('R7', 'A 429 says how long to wait, and that is true'),
  p1('R8', 'While an account is locked, the right password gets the same answer'),
  p1('R9', 'Counters take bounded memory'),
  p1('R10', 'Counts survive a restart and are shared by all nodes', {
    declined: 'one process, which counts in its memory',
  }),
]

const tokens: Line[] = [
  p0('T1', 'Algorithm, issuer, audience, type, claims and age are all checked'),
  p0('T2', 'No signature, none, and a public key as a secret open nothing'),
  p0('T3', 'A token cannot choose the key that it is checked with'),
  p0('T4', 'The server does not start with a weak secret'),
  p0('T5', 'A token ends when it says'),
  p0('T6', 'Signing out ends the session at once, in every form of its token'),
  p0('T7', 'Signing in makes a new token and ends the one that was there'),
  p1('T8', 'Signing keys change without a refused token; or all at once'),
  p1('T9', 'The key set holds public parts only'),
  p1('T10', 'A token says no more than it has to'),
  p1('T11', 'Two credentials on one request are never a choice'),
  p0('T12', 'Authorization is Bearer and one token'),
  p0('O1', 'The token endpoint takes a form by POST, and nothing else'),
  p0('O2', 'Every wrong request has its OAuth error'),
  p0('O3', 'Answers with tokens are kept by nobody'),
  p1('O4', 'Credentials in a URL are refused and not logged'),
]

const browser: Line[] = [
  p0('C1', 'The cookie has every attribute that protects it'),
  p0('C2', 'Signing out takes the cookie away'),
  p0('C3', 'Two cookies of the token are refused, whichever comes first'),
  p0('C4', 'Secure and addresses go by the configuration, not by a header'),
  p0('X1', 'Other sites change nothing'),
  p0('X2', 'Clients that are no browser work'),
  p0('X3', 'No content type gets around the rule for other sites'),
  p0('X4', 'Another site cannot sign a browser in'),
  p0('X5', 'The rule holds on every route that changes something'),
  p0('X6', 'Reading changes nothing; unknown methods are refused'),
  p0('X7', 'No other site may read an answer'),
]

const errorsAndInput: Line[] = [
  p0('E1', 'A 401 always says what it wants'),
  p1('E2', 'Errors are problem documents, and give nothing away'),
  p0('E3', 'What fails inside never lets anybody in'),
  p0('I1', 'Bodies have a limit that is counted, not declared'),
  p0('I2', 'Slow clients keep nobody waiting'),
  p0('I3', 'No request hides in another'),
  p0('I4', 'JSON has one reading'),
  p1('I5', 'Forms have one reading'),
  p0('I6', 'A path has one form, for routing as for permission'),
  p0('I7', 'Files are served from their folder only'),
  p0('I8', 'The Host header decides nothing'),
  p1('I9', 'The server calls nobody'),
  p1('I10', 'No value reaches a query, a header or a log as syntax'),
  p1('I11', 'Hostile values for every operation: no 5xx, no exit'),
  p0('I12', 'Packed request bodies are refused'),
]

const headers: Line[] = [
  p0('H1', 'Nothing with credentials is kept by a cache'),
  p0('H2', 'Every document has a strict content security policy'),
  p1('H3', 'Scripts reach the page through named Trusted Types policies only'),
  p0('H4', 'Every answer has the protective headers'),
  p1('H5', 'The grade of the MDN Observatory is A+'),
  p0('H6', 'Private JSON is not for other sites'),
  p0('H7', 'Pages with accounts cannot be framed'),
  p1('H8', 'Over plain HTTP the API refuses', {
    declined: 'the proxy in front ends TLS and answers plain HTTP',
  }),
]

const logs: Line[] = [
  p0('L1', 'No secret reaches a log'),
  p0('L2', 'A log line stays one line'),
  p1('L3', 'Every event is in the audit log, once'),
  p0('L4', 'The first start makes the secrets, for its owner only'),
  p1('L5', 'Secrets can be changed, and a wrong one is noticed'),
  p1('L6', 'Packages are what the lock file says, and run nothing when they are installed'),
]

/** Every line of keys, accounts, limits, tokens, browsers, input, headers and logs, in its order. */
export const lines: readonly Line[] = [
  ...keys,
  ...accounts,
  ...limits,
  ...tokens,
  ...browser,
  ...errorsAndInput,
  ...headers,
  ...logs,
]
