import { isDeepStrictEqual } from 'node:util'
import type { AstroIntegration } from 'astro'

type Collections = ReadonlyMap<string, ReadonlyMap<string, unknown>>

/** What is used here of the class that holds the content of a site. Astro has no name for it that others may import. */
export interface StoreClass {
  prototype: Store
  fromFile: (file: URL) => Promise<Store>
}

/** The content of a site. */
export interface Store {
  readonly collections: () => Collections
  writeToDisk: () => Promise<void>
}

const storeModule = new URL(
  'dist/content/mutable-data-store.js',
  import.meta.resolve('astro/package.json'),
)

/**
 * Has `astro dev` write its content down when some of it has changed. It does so at each start, to find that the file
 * says the same already: a seventh of a second for a thousand pages.
 */
export function unchangedStore(): AstroIntegration {
  return {
    name: 'barbell:unchanged-store',
    hooks: {
      async 'astro:config:setup'({ command, isRestart }) {
        if (command !== 'dev' || isRestart) return
        const { MutableDataStore } = (await import(storeModule.href)) as Record<string, unknown>
        if (isStoreClass(MutableDataStore)) passOverFirstWrite(MutableDataStore)
      },
    },
  }
}

/** Leaves out the first write of each store that was read from a file, where it would write what was read. */
export function passOverFirstWrite(storeClass: StoreClass): void {
  const asRead = new WeakMap<Store, Collections>()
  const { fromFile } = storeClass
  const { writeToDisk } = storeClass.prototype
  storeClass.fromFile = async (file) => {
    const store = await fromFile.call(storeClass, file)
    asRead.set(store, copyOf(store.collections()))
    return store
  }
  storeClass.prototype.writeToDisk = async function (this: Store) {
    const read = asRead.get(this)
    // Nothing was read where there is no file, or none that can be read.
    if (read && read.size > 0 && isDeepStrictEqual(read, copyOf(this.collections()))) return
    asRead.delete(this)
    await writeToDisk.call(this)
  }
}

function copyOf(collections: Collections): Collections {
  return new Map([...collections].map(([name, entries]) => [name, new Map(entries)]))
}

function isStoreClass(found: unknown): found is StoreClass {
  if (typeof found !== 'function' || !('fromFile' in found)) return false
  const prototype: unknown = found.prototype
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    'writeToDisk' in prototype &&
    'collections' in prototype
  )
}
