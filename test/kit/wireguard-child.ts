import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openResponders } from '../../src/control/vpn/open-responders.ts'
import { millis } from '../../src/model/units.ts'
import { measureWireGuard } from '../../src/net/wireguard.ts'
import { systemClock } from '../../src/sys/clock.ts'

/**
 * What a test runs inside a network namespace: `measure PORT PUBLIC PRIVATE LIMIT` prints the outcome of one exchange,
 * `respond` opens our responders, prints where, and lasts until its input ends. Keys in base64.
 */
const [what, port, publicKey, privateKey, limit] = process.argv.slice(2)
const { signal } = new AbortController()
const bytes = (text = ''): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'))

if (what === 'measure') {
  const keys = { publicKey: bytes(publicKey), privateKey: bytes(privateKey) }
  const tools = { clock: systemClock, signal, limit: millis(Number(limit)) }
  const outcome = await measureWireGuard({ address: '127.0.0.1', port: Number(port) }, keys, tools)
  process.stdout.write(JSON.stringify(outcome))
} else {
  const keyFolder = mkdtempSync(join(tmpdir(), 'kuager-wg-keys-'))
  const ports = { openvpnUdp: 0, openvpnTcp: 0, wireguard: 0, tor: 0 }
  const open = await openResponders({ host: '127.0.0.1', ports, keyFolder, signal })
  const key = Buffer.from(open.wireguard.publicKey).toString('base64')
  process.stdout.write(`${JSON.stringify({ port: open.wireguard.port, key })}\n`)
  process.stdin.resume().on('end', () => {
    void open[Symbol.asyncDispose]().then(() => rmSync(keyFolder, { recursive: true }))
  })
}
