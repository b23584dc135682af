/** How much is measured. */
export interface Scale {
  /** A whole number, before what counts; none means that nothing is warmed up. */
  warmUpSeconds: number
  rounds: number
  /** A whole number. */
  secondsPerRound: number
  /** In the server with many. */
  accounts: number
  /** How many accounts the embedded store is measured with, one after the other. */
  storeAccounts: readonly number[]
  /** Sent while memory is watched. */
  requests: number
  starts: number
  /** Of a large site. */
  sitePages: number
  /** Of one page, in `astro dev`. */
  edits: number
  /** Whether packages of a peer that are missing may be fetched. */
  install: boolean
}

/** For figures: some minutes. */
export const full: Scale = {
  warmUpSeconds: 1,
  rounds: 5,
  secondsPerRound: 2,
  accounts: 10_000,
  storeAccounts: [1_000, 10_000, 100_000],
  requests: 1_000_000,
  starts: 5,
  sitePages: 1_000,
  edits: 20,
  install: true,
}

/** Shows that everything runs: half a minute, and no figure to rely on. */
export const quick: Scale = {
  warmUpSeconds: 0,
  rounds: 1,
  secondsPerRound: 1,
  accounts: 200,
  storeAccounts: [1_000],
  requests: 2_000,
  starts: 1,
  sitePages: 20,
  edits: 3,
  install: false,
}
