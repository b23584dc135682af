import { readFileSync } from 'node:fs'

const ticksPerSecond = 100 // USER_HZ, which Linux shows to programs whatever its own clock is

/**
 * Processor time that a process has used so far, all its threads together, in seconds to the hundredth. Unlike
 * what a clock says of it, this does not depend on who else uses the processor. Linux only.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the program's name in parentheses, which may hold spaces: the third comes after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system] = [Number(fields[11]), Number(fields[12])]
  return (user + system) / ticksPerSecond
}
