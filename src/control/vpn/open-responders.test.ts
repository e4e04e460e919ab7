import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect as connectTcp, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Fault } from '../../core/model/errors.ts'
import { millis } from '../../core/model/units.ts'
import { parseResponders } from '../../core/model/tables/responders.ts'
import { clientReset } from '../../net/tunnel/openvpn-packet.ts'
import { measureOpenVpn } from '../../net/tunnel/openvpn.ts'
import type { NetTools } from '../../net/tools.ts'
import { measureTorLink } from '../../net/tunnel/tor-link.ts'
import { measureShaped } from '../../net/tunnel/control.ts'
import { makeShaped, SHAPES } from '../../net/tunnel/shaped.ts'
import { keyPair, makeInitiation } from '../../net/tunnel/wireguard-noise.ts'
import { measureWireGuard } from '../../net/tunnel/wireguard.ts'
import { systemClock } from '../../runtime/clock.ts'
import { describeResponders, openResponders, type OpenResponders } from './open-responders.ts'

const HOST = '127.0.0.1'
const ANY = { openvpnUdp: 0, openvpnTcp: 0, wireguard: 0, tor: 0 }
const tools = (options: Partial<NetTools> = {}): NetTools => ({
  clock: systemClock,
  signal: new AbortController().signal,
  limit: millis(4000),
  ...options,
})
const brief = tools({ limit: millis(300) })

describe('openResponders()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-responders-'))
  const stop = new AbortController()
  let open: OpenResponders
  before(async () => {
    open = await openResponders({ host: HOST, ports: ANY, keyFolder: join(folder, 'keys'), signal: stop.signal })
  })
  after(async () => {
    await open[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  const at = (port: number) => ({ address: HOST, port })

  it('answers the first exchange of each protocol, and the shaped question on the same port', async () => {
    const key = open.shapedKey
    const { publicKey } = open.wireguard
    const [udp, tcp, wireguard, tor] = [open.openvpn.udp, open.openvpn.tcp, open.wireguard.port, open.tor.port].map(at)
    assert.ok(udp && tcp && wireguard && tor)
    const pairs = [
      [
        await measureOpenVpn(udp, { transport: 'udp' }, tools()),
        await measureShaped(udp, { protocol: 'openvpn', transport: 'udp', key }, tools()),
      ],
      [
        await measureOpenVpn(tcp, { transport: 'tcp' }, tools()),
        await measureShaped(tcp, { protocol: 'openvpn', transport: 'tcp', key }, tools()),
      ],
      [
        await measureWireGuard(wireguard, { publicKey }, tools()),
        await measureShaped(wireguard, { protocol: 'wireguard', key }, tools()),
      ],
    ] as const
    for (const [protocol, shaped] of pairs) {
      assert.equal(protocol.failure, undefined)
      assert.equal(shaped.failure, undefined)
      assert.deepEqual([protocol.shape, shaped.shape], ['protocol', 'shaped'])
      assert.equal(protocol.bytesSent, shaped.bytesSent)
      assert.equal(protocol.bytesReceived, shaped.bytesReceived)
    }
    const links = [await measureTorLink(tor, tools()), await measureShaped(tor, { protocol: 'tor', key }, tools())]
    assert.deepEqual(
      links.map((link) => link.failure),
      [undefined, undefined],
    )
    // Names of the two hellos differ in length by at most 26 bytes, certificates by none.
    assert.ok(Math.abs(links[0]!.bytesSent - links[1]!.bytesSent) < 32) // both stand above
    assert.ok(Math.abs(links[0]!.bytesReceived - links[1]!.bytesReceived) < 300)
  })

  it('never sends more bytes over UDP than came', async () => {
    const socket = dgram.createSocket('udp4')
    let came = 0
    let sent = 0
    socket.on('message', (datagram) => (came += datagram.length))
    const send = (bytes: Buffer, port: number) => {
      sent += bytes.length
      return new Promise<void>((resolve) => socket.send(bytes, port, HOST, () => resolve()))
    }
    for (let nth = 0; nth < 5; nth++) {
      await send(clientReset(Buffer.alloc(8, nth)), open.openvpn.udp)
      await send(
        makeShaped(open.shapedKey, SHAPES['openvpn-udp'].question, () => false),
        open.openvpn.udp,
      )
      const { message } = makeInitiation({
        responder: open.wireguard.publicKey,
        own: keyPair(),
        index: Buffer.alloc(4),
        at: systemClock.now(),
      })
      await send(message, open.wireguard.port)
    }
    // The last initiation is answered at once and last: what was to come has come before it.
    const all = new Promise<void>((resolve) => socket.on('message', () => came >= 5 * 92 + 5 * 26 && resolve()))
    await all
    assert.ok(came <= sent, `${came} bytes for ${sent}`)
    await new Promise<void>((resolve) => socket.close(() => resolve()))
  })

  it('does not answer third parties: other lengths, another key, its own answers', async () => {
    const stranger = new Uint8Array(32)
    const { openvpn, wireguard } = open
    const asked = [
      measureShaped(at(openvpn.udp), { protocol: 'openvpn', transport: 'udp', key: stranger }, brief),
      measureShaped(at(wireguard.port), { protocol: 'wireguard', key: stranger }, brief),
      measureWireGuard(at(wireguard.port), { publicKey: keyPair().publicKey }, brief),
    ]
    for (const outcome of await Promise.all(asked)) {
      assert.equal(outcome.failure?.code, 'generic_timeout_error')
      assert.equal(outcome.bytesReceived, 0)
    }
    const tcp = await measureShaped(at(openvpn.tcp), { protocol: 'openvpn', transport: 'tcp', key: stranger }, tools())
    assert.equal(tcp.failure?.code, 'eof_error')
    const tor = await measureShaped(at(open.tor.port), { protocol: 'tor', key: stranger }, tools())
    assert.equal(tor.failure?.code, 'eof_error')
  })

  it('keeps its keys in a file for the owner alone, and is the same responder after a restart', async () => {
    const file = join(folder, 'keys', 'responders.keys.json')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const again = await openResponders({ host: HOST, ports: ANY, keyFolder: join(folder, 'keys'), signal: stop.signal })
    assert.deepEqual(
      [again.wireguard.publicKey, again.shapedKey, again.tor.fingerprint],
      [open.wireguard.publicKey, open.shapedKey, open.tor.fingerprint],
    )
    await again[Symbol.asyncDispose]()
  })

  it('describes itself as a probe reads it', () => {
    const read = parseResponders(JSON.stringify(describeResponders(open, '192.0.2.7')))
    assert.equal(read.address, '192.0.2.7')
    assert.deepEqual(read.openvpn, open.openvpn)
    assert.deepEqual(Buffer.from(read.wireguard.publicKey), Buffer.from(open.wireguard.publicKey))
    assert.deepEqual(Buffer.from(read.shapedKey), Buffer.from(open.shapedKey))
  })

  it('says that a port is taken', async () => {
    const ports = { ...ANY, openvpnTcp: open.openvpn.tcp }
    await assert.rejects(
      openResponders({ host: HOST, ports, keyFolder: join(folder, 'keys'), signal: stop.signal }),
      Fault,
    )
  })

  it('survives what third parties send to its streams', async () => {
    for (const port of [open.openvpn.tcp, open.tor.port])
      for (const bytes of [
        Buffer.alloc(0),
        Buffer.from('GET / HTTP/1.1\r\n\r\n'),
        Buffer.alloc(4096, 0xff),
        Buffer.of(0, 0, 7),
      ])
        await new Promise<void>((resolve) => {
          const socket = connectTcp(port, HOST, () => socket.end(bytes))
          socket.on('error', () => undefined).on('close', () => resolve())
          socket.resume()
        })
    assert.equal((await measureTorLink(at(open.tor.port), tools())).failure, undefined)
  })

  it('closes all of its ports when its signal aborts', async () => {
    const ending = new AbortController()
    const short = await openResponders({
      host: HOST,
      ports: ANY,
      keyFolder: join(folder, 'keys'),
      signal: ending.signal,
    })
    ending.abort()
    await short[Symbol.asyncDispose]()
    assert.equal(
      (await measureOpenVpn(at(short.openvpn.tcp), { transport: 'tcp' }, tools())).failure?.code,
      'connection_refused',
    )
    assert.equal(
      (await measureOpenVpn(at(short.openvpn.udp), { transport: 'udp' }, tools())).failure?.code,
      'connection_refused',
    )
  })
})

describe('a tunnel measured against what is no responder', () => {
  const against = async (
    answer: Buffer | 'reset' | 'end',
    measure: (port: number) => Promise<{ failure?: { code: string } }>,
  ) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () =>
        answer === 'reset' ? socket.resetAndDestroy() : answer === 'end' ? socket.end() : socket.write(answer),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve))
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    try {
      return (await measure(address.port)).failure?.code
    } finally {
      server.close()
    }
  }
  const openvpn = (port: number) => measureOpenVpn({ address: HOST, port }, { transport: 'tcp' }, tools())
  const tor = (port: number) => measureTorLink({ address: HOST, port }, tools())

  it('names a reset, an end, and an answer of something else', async () => {
    assert.equal(await against('reset', openvpn), 'connection_reset')
    assert.equal(await against('end', openvpn), 'eof_error')
    assert.equal(await against(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), openvpn), 'unknown_failure')
    assert.equal(await against('reset', tor), 'connection_reset')
    assert.equal(await against(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), tor), 'ssl_non_tls_bytes')
  })
})
