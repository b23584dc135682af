import { afterAll, beforeAll, expect, test } from 'vitest'
import { openScene, runOutage, type Scene } from '../chaos/postgres/outage.ts'
import { outages } from '../chaos/postgres/outages.ts'

const lastsMs = 3000

let scene: Scene

beforeAll(async () => {
  scene = await openScene()
}, 60_000)
afterAll(() => scene.close())

// Those that differ most; `npm run chaos` has them all, and for longer.
test.each(outages.filter(({ name }) => ['killed', 'paused', 'locked'].includes(name)))(
  'F9: while the database is $name every answer is right or a 503, in time, and afterwards nothing is lost',
  async (outage) => {
    const report = await runOutage(scene, outage, { lastsMs })
    expect([...new Set(report.wrong)]).toEqual([])
    expect(report.refused).toBeGreaterThan(0)
    expect(report.acknowledged).toBeGreaterThan(0)
    expect(report.slowestMs).toBeLessThan(5000)
    expect(report.recoveredMs).toBeLessThan(10_000)
  },
  60_000,
)
