import { stat } from 'node:fs/promises'
import { CommandFailed } from './command-failed.ts'

/**
 * Root may write into everybody's folder, and what it writes there is for root only: the server, as its own user, could
 * not read its store any more.
 * @param dataDir may be missing; then whoever gives the command makes it
 * @throws {CommandFailed} if the folder is another user's
 */
export async function refuseAsOtherUser(dataDir: string): Promise<void> {
  const ownUid = process.getuid?.()
  const folder = await stat(dataDir).catch(() => null)
  if (folder === null || ownUid === undefined || folder.uid === ownUid) return
  const { uid, gid } = folder
  throw new CommandFailed(
    `${dataDir} belongs to user ${uid}, and this runs as user ${ownUid}: the server could not read what this writes. Give the command as that user: for the systemd unit as /docs/operate/install says, else with "setpriv --reuid=${uid} --regid=${gid} --clear-groups" before it. Nothing was changed.`,
  )
}
