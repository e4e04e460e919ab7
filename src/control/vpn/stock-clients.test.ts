import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { hasProgram, LabAuthority, RunningProgram } from '../../../test/kit/net/lab-authority.ts'
import { accepts, freePort } from '../../../test/kit/net/quic-servers.ts'
import { millis } from '../../core/model/units.ts'
import { measureTorLink } from '../../net/tunnel/tor-link.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openResponders, type OpenResponders } from './open-responders.ts'

const HOST = '127.0.0.1'
const needs = (...programs: readonly string[]) => {
  const missing = programs.filter((name) => !hasProgram(name))
  return missing.length > 0 && `needs ${missing.join(', ')}`
}
/** A network of its own: one authority that does not exist, on loopback, so that nothing leaves the machine. */
const NOBODY = [
  'TestingTorNetwork 1',
  'UseDefaultFallbackDirs 0',
  `DirAuthority unlisted orport=9 v3ident=${'0123456789'.repeat(4)} ${HOST}:9 ${'9876543210'.repeat(4)}`,
]

describe('stock programs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-stock-'))
  const stop = new AbortController()
  let open: OpenResponders
  before(async () => {
    const ports = { openvpnUdp: 0, openvpnTcp: 0, wireguard: 0, tor: 0 }
    open = await openResponders({ host: HOST, ports, keyFolder: join(folder, 'keys'), signal: stop.signal })
  })
  after(async () => {
    await open[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const transport of ['udp', 'tcp'] as const)
    it(`openvpn takes our responder's reset over ${transport}`, { skip: needs('openvpn', 'openssl') }, async () => {
      using authority = new LabAuthority()
      await using client = new RunningProgram('openvpn', [
        ...['--client', '--dev', 'null', '--nobind', '--ca', `${authority.folder}/ca.pem`, '--verb', '4'],
        ...['--auth-user-pass', authority.write('login', 'nobody\nnothing\n')],
        ...['--proto', transport, '--remote', HOST, String(open.openvpn[transport])],
      ])
      await client.printed(/TLS: Initial packet from/)
    })

  const startTor = (name: string, lines: readonly string[]): RunningProgram => {
    const file = join(folder, `${name}.torrc`)
    writeFileSync(
      file,
      [...NOBODY, `DataDirectory ${join(folder, name)}`, 'Log notice stdout', ...lines, ''].join('\n'),
    )
    return new RunningProgram('tor', ['--defaults-torrc', '/dev/null', '-f', file])
  }

  it('tor completes its handshake with our responder as with a bridge', { skip: needs('tor') }, async () => {
    await using client = startTor('client', [
      'ClientOnly 1',
      `SocksPort ${HOST}:${await freePort()}`,
      'UseBridges 1',
      `Bridge ${HOST}:${open.tor.port} ${open.tor.fingerprint}`,
    ])
    await client.printed(/\(handshake_done\)/)
  })

  it(
    'a relay of tor answers ours: VERSIONS, CERTS that stand for its TLS, NETINFO',
    { skip: needs('tor') },
    async () => {
      const port = await freePort()
      await using relay = startTor('relay', [
        'SocksPort 0',
        `ORPort ${HOST}:${port} IPv4Only`,
        `Address ${HOST}`,
        'PublishServerDescriptor 0',
        'AssumeReachable 1',
        'ExitRelay 0',
        'Nickname unlisted',
        'ContactInfo unlisted',
      ])
      await accepts(port)
      const tools = { clock: systemClock, signal: stop.signal, limit: millis(5000) }
      const outcome = await measureTorLink({ address: HOST, port }, tools)
      assert.equal(outcome.failure, undefined, relay.output)
      assert.ok(outcome.bytesReceived > 1000)
    },
  )
})
