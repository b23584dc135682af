/** So many jobs wait for each other at most: no answer waits for thousands of others to be worked out. */
const mostTogether = 64

const due: (() => void)[] = []

/**
 * Does something when all that has arrived in this turn of the event loop is looked at, in the order in which it was
 * asked for. To be used for answers: written together they cost a third less than one by one, each of which wakes
 * its reader. A lone request waits for nothing.
 */
export function atEndOfTurn(job: () => void): void {
  due.push(job)
  if (due.length === 1) setImmediate(doAll)
  else if (due.length === mostTogether) doAll()
}

function doAll(): void {
  // A job may ask for another one, which then belongs to the next turn.
  for (const job of due.splice(0)) job()
}
