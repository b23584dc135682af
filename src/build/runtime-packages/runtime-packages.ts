import { cpSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { z } from 'zod'

const names = z.record(z.string(), z.unknown()).default({})
const manifestShape = z.object({
  dependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
  peerDependenciesMeta: z
    .record(z.string(), z.object({ optional: z.boolean().optional() }))
    .default({}),
})

/**
 * Packages that run beside the built server and the commands: those that their code names, and all that these need.
 * What only builds the site is not among them.
 * @param root folder of the project, with packages installed and the site built
 * @returns their folders below `node_modules`, sorted
 */
export function runtimePackages(root: string): string[] {
  const builtServer = filesIn(join(root, 'dist', 'server'), /\.m?js$/)
  const commands = modulesFrom(join(root, 'src', 'cli', 'barbell.ts'), root)
  const named = [...builtServer, ...commands].flatMap(importsOf).filter(isPackage).map(packageOf)
  const folders = new Set<string>()
  for (const name of named) add(name, root, root, folders)
  const modules = join(root, 'node_modules') + '/'
  return [...folders].map((folder) => folder.slice(modules.length)).toSorted()
}

/** Copies those packages to `target`, each with what is nested in it. */
export function copyRuntimePackages(root: string, target: string): void {
  for (const folder of runtimePackages(root)) {
    if (folder.includes('/node_modules/')) continue
    cpSync(join(root, 'node_modules', folder), join(target, folder), { recursive: true })
  }
}

/** A file and all files of the project that it imports, near or far. */
function modulesFrom(file: string, root: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return []
  seen.add(file)
  for (const name of importsOf(file)) {
    if (name.startsWith('.')) modulesFrom(join(dirname(file), name), root, seen)
    if (name.startsWith('#')) modulesFrom(join(root, 'src', name.slice(1)), root, seen)
  }
  return [...seen].filter((path) => path.endsWith('.ts'))
}

function importsOf(file: string): string[] {
  if (!/\.m?[jt]s$/.test(file)) return []
  return ts.preProcessFile(readFileSync(file, 'utf8')).importedFiles.map(({ fileName }) => fileName)
}

function isPackage(name: string): boolean {
  return /^[@a-z]/i.test(name) && !isBuiltin(name) && !name.startsWith('astro:')
}

/** `@scope/name/some/file` is in `@scope/name`. */
function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/')
}

/** @param from folder whose code names the package */
function add(name: string, from: string, root: string, folders: Set<string>): void {
  const folder = findPackage(name, from, root)
  if (folder === undefined || folders.has(folder)) return
  folders.add(folder)
  const manifest = manifestShape.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  )
  const peers = Object.keys(manifest.peerDependencies).filter(
    (peer) => manifest.peerDependenciesMeta[peer]?.optional !== true,
  )
  const needed = { ...manifest.dependencies, ...manifest.optionalDependencies }
  for (const next of [...Object.keys(needed), ...peers]) add(next, folder, root, folders)
}

/** As Node looks for it: nearest first. What is not there is for another platform. */
function findPackage(name: string, from: string, root: string): string | undefined {
  const folder = join(from, 'node_modules', name)
  if (existsSync(join(folder, 'package.json'))) return folder
  return from === root ? undefined : findPackage(name, dirname(from), root)
}

function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name))
}
