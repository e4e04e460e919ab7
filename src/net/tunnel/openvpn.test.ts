import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { hasProgram, LabAuthority, RunningProgram, type Issued } from '../../../test/kit/net/lab-authority.ts'
import { freePort, listensTcp } from '../../../test/kit/net/quic-servers.ts'
import { clientReset, isServerReset, readClientReset, serverReset } from './openvpn-packet.ts'
import { measureOpenVpn } from './openvpn.ts'
import type { NetTools } from '../tools.ts'

const HOST = '127.0.0.1'
const missing = ['openvpn', 'openssl'].filter((name) => !hasProgram(name))
const tools: NetTools = { clock: systemClock, signal: new AbortController().signal, limit: millis(5000) }

describe('measureOpenVpn() with a stock server', { skip: missing.length > 0 && `needs ${missing.join(', ')}` }, () => {
  let authority: LabAuthority
  let issued: Issued
  before(() => {
    authority = new LabAuthority()
    issued = authority.issue('vpn', { names: ['vpn.test'] })
  })
  after(() => authority?.[Symbol.dispose]())

  /** A server without a device: it speaks the control channel and would carry nothing. */
  const serve = async (protocol: 'udp' | 'tcp-server', ready: RegExp) => {
    const port = await freePort()
    const program = new RunningProgram('openvpn', [
      ...['--dev', 'null', '--tls-server', '--dh', 'none', '--ca', `${authority.folder}/ca.pem`],
      ...['--cert', issued.chain, '--key', issued.key, '--proto', protocol],
      ...['--local', HOST, '--lport', String(port), '--verb', '4'],
    ])
    await program.printed(ready)
    if (protocol === 'tcp-server') await listensTcp(port)
    return { port, program }
  }

  it('gets its reset over UDP', async () => {
    const { port, program } = await serve('udp', /UDPv4 link remote/)
    await using _ = program
    const outcome = await measureOpenVpn({ address: HOST, port }, { transport: 'udp' }, tools)
    assert.equal(outcome.failure, undefined)
    assert.equal(outcome.bytesReceived, 26)
    await program.printed(/TLS: Initial packet from/)
  })

  it('gets its reset over TCP', async () => {
    const { port, program } = await serve('tcp-server', /Listening for incoming TCP connection/)
    await using _ = program
    const outcome = await measureOpenVpn({ address: HOST, port }, { transport: 'tcp' }, tools)
    assert.equal(outcome.failure, undefined)
    assert.equal(outcome.bytesSent, 16)
    await program.printed(/TLS: Initial packet from/)
  })
})

describe('packets of OpenVPN', () => {
  const id = fc.uint8Array({ minLength: 8, maxLength: 8 })

  it('a server answers the session that asked, and no other', () => {
    fc.assert(
      fc.property(id, id, fc.integer({ min: 0, max: 7 }), (client, server, at) => {
        const read = readClientReset(clientReset(client))
        assert.deepEqual(Uint8Array.from(read ?? []), client)
        const answer = serverReset(server, client)
        assert.ok(isServerReset(answer, client))
        const other = Uint8Array.from(client)
        other[at]! ^= 1 // eight bytes
        assert.ok(!isServerReset(answer, other))
      }),
    )
  })

  it('are distinguished from other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), id, (bytes, client) => {
        assert.equal(isServerReset(Buffer.from(bytes), client), false)
      }),
    )
  })
})
