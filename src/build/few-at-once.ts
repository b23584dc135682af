/** As many as there are threads that read and write files, draw and compress. */
const atOnce = 4

/** Does the same for each of some things, a few at a time. */
export async function fewAtOnce<Thing>(
  things: readonly Thing[],
  act: (thing: Thing) => Promise<void>,
): Promise<void> {
  const rest = things.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const thing of rest) await act(thing)
    }),
  )
}
