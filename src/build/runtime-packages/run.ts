/** `node src/build/runtime-packages/run.ts FOLDER`: copies what the server runs with there, and nothing else. */
import { copyRuntimePackages } from './runtime-packages.ts'

const [target] = process.argv.slice(2)
if (target === undefined) throw new Error('Say into which folder.')
copyRuntimePackages(process.cwd(), target)
