// What a TLS handshake costs in bytes on the wire, headers of IP and TCP included, and what it costs in time.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { hasProgram } from '../test/kit/net/lab-authority.ts'
import type { Bench } from './run.ts'

const CHILD = fileURLToPath(new URL('handshake/count-child.ts', import.meta.url))

/** What the child prints: medians of one kind of handshake. */
export interface Cost {
  readonly hello: 'usual' | 'small'
  /** Bytes of the certificates sent. */
  readonly chain: number
  /** Payload of TCP that one handshake sent and received. */
  readonly sent: number
  readonly received: number
  /** Bytes and packets of both directions for one handshake, its connection and its end, headers of IP and TCP included. */
  readonly wire: number
  readonly packets: number
  /** Milliseconds from the hello to the end. */
  readonly took: number
}

/**
 * Measures in a network namespace of its own, whose loopback carries nothing else, has the MTU of an ordinary line and
 * splits nothing late. The round trip is that of loopback: the time is what the machine takes.
 */
function measureCosts(): readonly Cost[] {
  const missing = ['unshare', 'ip', 'nginx', 'openssl'].filter((name) => !hasProgram(name))
  if (process.getuid?.() !== 0) missing.push('root')
  if (missing.length > 0) throw new Error(`Cannot count bytes on the wire: needs ${missing.join(', ')}`)
  const run = spawnSync('unshare', ['-n', process.execPath, CHILD], { encoding: 'utf8', timeout: 120_000 })
  if (run.status !== 0) throw new Error(`Cannot count bytes on the wire: ${run.stderr.slice(-2000)}`)
  // Written by bench/handshake/count-child.ts of this same checkout.
  return JSON.parse(run.stdout) as readonly Cost[]
}

export const bench: Bench = {
  summary: 'bytes on the wire of a TLS handshake and of a triple of them',
  run: () => {
    const costs = measureCosts()
    const table = costs.flatMap(({ hello, chain, sent, received, wire, packets, took }) => {
      const kind = `${hello} hello, chain of ${chain} bytes`
      return [
        { figure: `${kind}: payload sent / received`, value: `${sent} / ${received}` },
        { figure: `${kind}: bytes on the wire, one handshake`, value: wire },
        { figure: `${kind}: packets`, value: packets },
        { figure: `${kind}: bytes on the wire, a triple`, value: 3 * wire },
        { figure: `${kind}: ms from hello to end`, value: took },
      ]
    })
    return Promise.resolve({ table, json: { handshakes: costs } })
  },
}
