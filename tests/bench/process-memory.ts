import { readFileSync } from 'node:fs'

/**
 * Memory of a process that is in RAM now, in megabytes of 2^20 bytes. Linux only.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
 */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return Number(kilobytes) / 1024
}
