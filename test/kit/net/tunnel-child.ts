import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openResponders, type OpenResponders } from '../../../src/control/vpn/open-responders.ts'
import type { TunnelOutcome } from '../../../src/core/model/measured/operation.ts'
import { millis } from '../../../src/core/model/units.ts'
import { measureOpenVpn } from '../../../src/net/tunnel/openvpn.ts'
import { measureTorLink } from '../../../src/net/tunnel/tor-link.ts'
import { measureShaped } from '../../../src/net/tunnel/control.ts'
import { measureWireGuard } from '../../../src/net/tunnel/wireguard.ts'
import { systemClock } from '../../../src/runtime/clock.ts'

/**
 * What a test runs inside a network namespace. `measure PORT PUBLIC PRIVATE LIMIT`: prints the outcome of one exchange
 * of WireGuard, keys in base64. `respond`: opens our responders, prints where WireGuard's is, and lasts until its input
 * ends. `pairs LIMIT`: opens them and prints the outcomes of every pair.
 */
const [what, ...rest] = process.argv.slice(2)
const { signal } = new AbortController()
const HOST = '127.0.0.1'
const bytes = (text = ''): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'))
const tools = (limit: string | undefined) => ({ clock: systemClock, signal, limit: millis(Number(limit)) })

async function withResponders(use: (open: OpenResponders) => Promise<void>): Promise<void> {
  const keyFolder = mkdtempSync(join(tmpdir(), 'kuager-tunnel-keys-'))
  try {
    const ports = { openvpnUdp: 0, openvpnTcp: 0, wireguard: 0, tor: 0 }
    await using open = await openResponders({ host: HOST, ports, keyFolder, signal })
    await use(open)
  } finally {
    rmSync(keyFolder, { recursive: true })
  }
}

async function measurePairs(open: OpenResponders, limit: string | undefined): Promise<readonly TunnelOutcome[]> {
  const at = (port: number) => ({ address: HOST, port })
  const key = open.shapedKey
  const { openvpn, wireguard, tor } = open
  return Promise.all([
    measureOpenVpn(at(openvpn.udp), { transport: 'udp' }, tools(limit)),
    measureShaped(at(openvpn.udp), { protocol: 'openvpn', transport: 'udp', key }, tools(limit)),
    measureOpenVpn(at(openvpn.tcp), { transport: 'tcp' }, tools(limit)),
    measureShaped(at(openvpn.tcp), { protocol: 'openvpn', transport: 'tcp', key }, tools(limit)),
    measureWireGuard(at(wireguard.port), { publicKey: wireguard.publicKey }, tools(limit)),
    measureShaped(at(wireguard.port), { protocol: 'wireguard', key }, tools(limit)),
    measureTorLink(at(tor.port), tools(limit)),
    measureShaped(at(tor.port), { protocol: 'tor', key }, tools(limit)),
  ])
}

switch (what) {
  case 'measure': {
    const [port, publicKey, privateKey, limit] = rest
    const keys = { publicKey: bytes(publicKey), privateKey: bytes(privateKey) }
    process.stdout.write(
      JSON.stringify(await measureWireGuard({ address: HOST, port: Number(port) }, keys, tools(limit))),
    )
    break
  }
  case 'respond':
    await withResponders(async ({ wireguard: { port, publicKey } }) => {
      process.stdout.write(`${JSON.stringify({ port, key: Buffer.from(publicKey).toString('base64') })}\n`)
      await new Promise<void>((resolve) => process.stdin.resume().on('end', () => resolve()))
    })
    break
  case 'pairs':
    await withResponders(async (open) => {
      process.stdout.write(JSON.stringify(await measurePairs(open, rest[0])))
    })
    break
  default:
    throw new Error(`no such part: ${what ?? ''}`)
}
