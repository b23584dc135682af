import { createHash } from 'node:crypto'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { AstroIntegration } from 'astro'
import { fewAtOnce } from './few-at-once.ts'
import { keepFile, readKept } from './kept-file.ts'

const compressible = new Set('.js .mjs .css .json .svg .wasm .bin .txt .pagefind'.split(' '))
const minimumBytes = 1024
const slowBytes = 1024 * 1024
const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

/**
 * Writes `.br` and `.gz` beside every file worth it. Pages are left out: they name the public origin, which
 * is known only when the server starts. Results are kept by content, so a second build compresses nothing.
 */
export function precompress(): AstroIntegration {
  let cache = ''
  return {
    name: 'barbell:precompress',
    hooks: {
      'astro:config:done': ({ config }) => {
        cache = fileURLToPath(new URL('barbell-precompress/', config.cacheDir))
      },
      'astro:build:done': async ({ dir, logger }) => {
        const files = await listFiles(fileURLToPath(dir))
        const wanted = files.filter((file) => compressible.has(extname(file)))
        await fewAtOnce(wanted, (file) => compressFile(file, cache))
        logger.info(`${wanted.length} files looked at, .br and .gz written where they save bytes`)
      },
    },
  }
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

async function compressFile(file: string, cache: string): Promise<void> {
  const body = await readFile(file)
  if (body.length < minimumBytes) return
  const digest = createHash('sha256').update(body).digest('hex')
  // Quality 11 takes 25 s for Pyodide's 9.6 MB of WebAssembly and saves 8 % over quality 9, which takes 2 s.
  const quality = body.length > slowBytes ? 9 : 11
  const compressors = {
    br: () => brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }),
    gz: () => gzipped(body, { level: 9 }),
  }
  await Promise.all(
    Object.entries(compressors).map(async ([ending, compress]) => {
      const kept = join(cache, `${digest}.q${quality}.${ending}`)
      const found = await readKept(kept)
      const result = found ?? (await compress())
      if (!found) await keepFile(kept, result)
      if (result.length < body.length) await writeFile(`${file}.${ending}`, result)
    }),
  )
}
