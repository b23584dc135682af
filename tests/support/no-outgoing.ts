/**
 * Loaded before a program's own code, by `node --import`: the program then calls nobody. Whom it tried to call is a line
 * in the file of BARBELL_TEST_OUTGOING. Sockets that are files, which stay on the machine, and addresses to listen on
 * are let through.
 */
import { ChildProcess } from 'node:child_process'
import dgram from 'node:dgram'
import dns from 'node:dns'
import { appendFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

const file = process.env['BARBELL_TEST_OUTGOING']
if (file !== undefined) denyAll(file)

/** What stands in place of a method of Node's. */
type Stand = (given: readonly unknown[], goOn: () => unknown) => unknown

function denyAll(lines: string): void {
  const refuse = (what: string): never => {
    appendFileSync(lines, `${what}\n`)
    throw new Error(`Nothing may be called in this test: ${what}`)
  }
  replace(net.Socket.prototype, ['connect'], (given, goOn) => {
    const [place, host] = given.flat() // Node's own callers put everything into one array
    return isPath(place) ? goOn() : refuse(`connect ${JSON.stringify([place, host])}`)
  })
  replace(dgram.Socket.prototype, ['send', 'connect'], () => refuse('datagram'))
  replace(ChildProcess.prototype, ['spawn'], () => refuse('program'))
  const resolvers = [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]
  for (const resolver of resolvers) {
    const names = Object.getOwnPropertyNames(resolver)
    const asking = names.filter((name) => /^(?:lookup|resolve|reverse)/.test(name))
    replace(resolver, asking, ([name], goOn) =>
      net.isIP(String(name)) === 0 ? refuse(`name ${String(name)}`) : goOn(),
    )
  }
  syncBuiltinESMExports() // for those who import single names
}

function replace(owner: object, names: readonly string[], stand: Stand): void {
  for (const name of names) {
    const original: unknown = Reflect.get(owner, name)
    if (typeof original !== 'function') throw new TypeError(`Node has no ${name} any more`)
    const method = function (this: unknown, ...given: unknown[]): unknown {
      return stand(given, () => Reflect.apply(original, this, given) as unknown)
    }
    Reflect.defineProperty(owner, name, { value: method, writable: true, configurable: true })
  }
}

function isPath(place: unknown): boolean {
  if (typeof place === 'string') return Number.isNaN(Number(place))
  return typeof place === 'object' && place !== null && 'path' in place && place.path != null
}
