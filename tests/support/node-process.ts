/** The API as a process of its own, for tests of several at once. Its settings come by environment (see nodes.ts). */
import { apiListener } from '#api/request-listener.ts'
import { Refusal } from '#auth/refusal.ts'
import { connectionLimits, createHttpServer } from '#ops/connections.ts'
import { drainOnSignals } from '#ops/drain.ts'
import { compose } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { NodeAnswer, NodeOrder } from './nodes.ts'

const lowestCost = 4 // of bcrypt: its strength is not what these tests are about

const config = readConfig(process.env)
const barbell = await compose(config, { passwordCost: lowestCost })
const server = createHttpServer(apiListener(barbell.api), connectionLimits)
drainOnSignals(
  process,
  {
    server,
    startDraining: () => barbell.startDraining(),
    close: () => barbell.close(),
  },
  { limitMs: 2000, exit: (code) => process.exit(code) },
)
process.on('message', (order: NodeOrder) => {
  void carryOut(order).then((answer) => process.send?.(answer))
})
process.on('disconnect', () => process.exit(1)) // the test has ended without a word
server.listen(config.port, config.host, () => process.send?.({ id: 0, result: 'ready' }))

async function carryOut({ id, name, given }: NodeOrder): Promise<NodeAnswer> {
  const rule = Reflect.get(barbell.auth, name) as (...values: unknown[]) => unknown
  try {
    return { id, result: await rule(...given) }
  } catch (error) {
    return { id, refusal: error instanceof Refusal ? error.code : String(error) }
  }
}
