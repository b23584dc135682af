/** What a command was given, checked against its places and options. */
export interface Words {
  /** As many as the command has. */
  readonly places: readonly string[]
  readonly switches: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
}
