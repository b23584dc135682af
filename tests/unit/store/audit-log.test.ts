import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { AuditLog } from '#store/audit-log.ts'
import { auditRecord } from '../../contract/records.ts'

async function temporaryPath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-audit-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return join(directory, 'audit.jsonl')
}

async function openAt(path: string): Promise<AuditLog> {
  const log = await AuditLog.open(path)
  onTestFinished(() => log.close())
  return log
}

function eventsOf(accountId: string, count: number) {
  // Longer together than what is read at once, with characters of several bytes at its borders.
  return Array.from({ length: count }, () =>
    auditRecord({ accountId, userAgent: 'ü€'.repeat(1000) }),
  )
}

test('L3: a long log is read whole when it is opened', async () => {
  const path = await temporaryPath()
  const written = await openAt(path)
  const [ada, eve] = [eventsOf('ada', 40), eventsOf('eve', 40)]
  for (const [index, event] of ada.entries())
    await written.append([event, ...eve.slice(index, index + 1)], null)
  const log = await openAt(path)

  expect(await log.latestOf('ada', 100)).toEqual(ada.toReversed())
  expect(await log.latestOf('eve', 1)).toEqual(eve.slice(-1))
  expect(await log.latestOf('nobody', 100)).toEqual([])
})

test('F3: what was cut off again is nobody’s', async () => {
  const log = await openAt(await temporaryPath())
  const [kept, cut, next] = [eventsOf('ada', 2), eventsOf('ada', 3), eventsOf('ada', 1)]
  await log.append(kept, null)
  const { size } = log
  await log.append(cut, null)
  await log.cutTo(size)
  await log.append(next, null)

  expect(await log.latestOf('ada', 100)).toEqual([...next, ...kept.toReversed()])
})

test('F4: a line that is no event is nobody’s, and those after it are found', async () => {
  const path = await temporaryPath()
  const [first, last] = [eventsOf('ada', 1), eventsOf('ada', 1)]
  await (await openAt(path)).append(first, null)
  await appendFile(path, '{"accountId":"ada"\n\nnull\n')
  await (await openAt(path)).append(last, null)

  const log = await openAt(path)
  expect(await log.latestOf('ada', 100)).toEqual([...last, ...first])
})

test('an account that is gone takes no memory', async () => {
  const log = await openAt(await temporaryPath())
  await log.append([...eventsOf('ada', 1), ...eventsOf('eve', 1)], null)
  log.keepOnly((accountId) => accountId === 'eve')

  expect(await log.latestOf('ada', 100)).toEqual([])
  expect(await log.latestOf('eve', 100)).toHaveLength(1)
})
