// Part of bench/handshake.ts, run by it in a network namespace of its own: prints a list of costs as JSON.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { millis } from '../../src/core/model/units.ts'
import { handshakeTls } from '../../src/net/tls/tls.ts'
import type { NetTools } from '../../src/net/tools.ts'
import { HELLOS, type Hello } from '../../src/net/tls/context.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { LabAuthority } from '../../test/kit/net/lab-authority.ts'
import { openNginxTls } from '../../test/kit/net/tls-servers.ts'
import type { Cost } from '../handshake.ts'

const ROUNDS = 30
const ETHERNET_HEADER = 14
/** Long enough for the last packets of a connection to be counted. */
const SETTLE = 25

/** Bytes and packets that loopback has carried, each once, without the header of Ethernet. */
function carried(): { readonly bytes: number; readonly packets: number } {
  const line = /^\s*lo:\s*(\d+)\s+(\d+)/m.exec(readFileSync('/proc/self/net/dev', 'utf8'))
  if (line === null) throw new Error('/proc/self/net/dev has no loopback')
  const packets = Number(line[2])
  return { bytes: Number(line[1]) - packets * ETHERNET_HEADER, packets }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

type Counted = Omit<Cost, 'hello'>

async function measure(
  port: number,
  serverName: string,
  { hello, tools }: { readonly hello: Hello; readonly tools: NetTools },
): Promise<Counted> {
  const before = carried()
  const { outcome, socket } = await handshakeTls({ address: '127.0.0.1', port }, { serverName, hello }, tools)
  if (outcome === undefined || socket === undefined)
    throw new Error(`no handshake with ${serverName}: ${outcome?.failure?.detail}`)
  const closed = once(socket, 'close')
  socket.destroy()
  await closed
  await pause(SETTLE)
  const after = carried()
  return {
    chain: outcome.chain.reduce((sum, der) => sum + der.length, 0),
    sent: outcome.bytesSent,
    received: outcome.bytesReceived,
    wire: after.bytes - before.bytes,
    packets: after.packets - before.packets,
    took: outcome.endedAt - (outcome.helloAt ?? Number.NaN),
  }
}

async function main(): Promise<readonly Cost[]> {
  for (const change of [['mtu', '1500'], ['gso_max_segs', '1'], ['up']])
    execFileSync('ip', ['link', 'set', 'dev', 'lo', ...change])
  using authority = new LabAuthority()
  // Chains of large sites: a leaf with dozens of names, one or two authorities.
  const names = ['long.test', ...Array.from({ length: 40 }, (_, i) => `name-number-${i}.long.test`)]
  const followedBy = [authority.root, authority.root, authority.root]
  const sites = [
    { name: 'short.test', issued: authority.issue('short', { names: ['short.test'] }) },
    { name: 'long.test', issued: authority.issue('long', { names, followedBy }) },
  ]
  const { ports, program } = await openNginxTls(authority, [sites])
  await using _ = program
  const port = ports[0]! // one list, one port
  const tools = {
    clock: systemClock,
    signal: new AbortController().signal,
    limit: millis(5000),
    extraRoots: [authority.root],
  }
  const costs: Cost[] = []
  for (const hello of HELLOS)
    for (const { name } of sites) {
      await measure(port, name, { hello, tools })
      const rounds: Counted[] = []
      for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(port, name, { hello, tools }))
      const of = (key: keyof Counted): number => median(rounds.map((row) => row[key]))
      const took = Math.round(of('took') * 100) / 100
      costs.push({
        hello,
        chain: of('chain'),
        sent: of('sent'),
        received: of('received'),
        wire: of('wire'),
        packets: of('packets'),
        took,
      })
    }
  return costs
}

process.stdout.write(JSON.stringify(await main()))
