/**
 * Loaded before the server (`node --import`): makes ticks that wait until the young generation has been collected several
 * times, as those of a start do that happens to be slow. From then on V8 takes ticks for what lives long.
 */
const waiting = 20_000

for (let time = 1; time <= 6; time += 1) {
  setTimeout(() => {
    const ballast = Array.from({ length: waiting }, (_, index) => ({ index, items: [index] }))
    for (const { index } of ballast) process.nextTick((at: number) => at, index)
  })
}
