import { spawnSync } from 'node:child_process'

const mark = 'at:'

/**
 * When each file below a folder was changed last, by its path from that folder's parent, as Git knows it. Nothing where there is
 * no Git or no repository: whoever builds from an archive has no history.
 * @param folder such as `content`, in the current directory
 */
export function readLastChanges(folder: string): ReadonlyMap<string, Date> {
  const options = [
    '-c',
    'core.quotePath=off',
    'log',
    `--format=${mark}%cI`,
    '--name-only',
    '--relative',
  ]
  const { stdout, status } = spawnSync('git', [...options, '--', folder], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  return status === 0 ? newestOf(stdout) : new Map()
}

/** Reads commits, the newest first, each followed by the files that it changed. */
export function newestOf(log: string): ReadonlyMap<string, Date> {
  const changes = new Map<string, Date>()
  let date = new Date(NaN)
  for (const line of log.split('\n')) {
    if (line.startsWith(mark)) date = new Date(line.slice(mark.length))
    else if (line !== '' && !changes.has(line)) changes.set(line, date)
  }
  return changes
}
