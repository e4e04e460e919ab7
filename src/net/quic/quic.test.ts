import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import dgram from 'node:dgram'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { hasProgram, LabAuthority, type RunningProgram } from '../../../test/kit/net/lab-authority.ts'
import { freePort, openGtlsServer, openNginxQuic } from '../../../test/kit/net/quic-servers.ts'
import { loadQuicBinding } from './binding.ts'
import { readLongHeader } from './header.ts'
import { greetQuic } from './initial.ts'
import { initialKeys, sealPacket } from './keys.ts'
import { handshakeQuic } from './quic.ts'
import type { NetTools } from '../tools.ts'

const LOOPBACK = '127.0.0.1'
const missing = ['nginx', 'gtlsserver', 'openssl'].filter((name) => !hasProgram(name))
const skip =
  missing.length > 0
    ? `needs ${missing.join(', ')}`
    : loadQuicBinding() === undefined
      ? 'needs the QUIC library'
      : false

const tools = (options: Partial<NetTools> = {}): NetTools => ({
  clock: systemClock,
  signal: new AbortController().signal,
  limit: millis(5000),
  ...options,
})

describe('handshakeQuic() with real servers', { skip }, () => {
  let authority: LabAuthority
  let nginx: { port: number; program: RunningProgram }
  let gtls: { port: number; program: RunningProgram }
  let trusted: NetTools

  before(async () => {
    authority = new LabAuthority()
    const stranger = new LabAuthority()
    const good = authority.issue('good', { names: ['good.test'], followedBy: [stranger.root] })
    const expired = authority.issue('expired', { names: ['expired.test'], expired: true })
    const wrong = authority.issue('wrong', { names: ['other.test'] })
    const unknown = stranger.issue('unknown', { names: ['unknown.test'] })
    nginx = await openNginxQuic(authority, [
      { name: 'good.test', issued: good },
      { name: 'expired.test', issued: expired },
      { name: 'wrong.test', issued: wrong },
      { name: 'unknown.test', issued: unknown },
      { name: 'reject.test', issued: good, extra: 'ssl_reject_handshake on;' },
    ])
    gtls = await openGtlsServer(authority, good, ['-V'])
    stranger[Symbol.dispose]()
    trusted = tools({ extraRoots: [authority.root] })
  })
  after(async () => {
    await nginx?.program[Symbol.asyncDispose]()
    await gtls?.program[Symbol.asyncDispose]()
    authority?.[Symbol.dispose]()
  })

  const ask = (serverName: string, net = trusted) =>
    handshakeQuic({ address: LOOPBACK, port: nginx.port }, { serverName }, net)

  it('completes, agrees on h3, and keeps the chain in wire order, the unrelated certificate in it included', async () => {
    const outcome = await ask('good.test')
    assert.equal(outcome.failure, undefined)
    assert.equal(outcome.alpn, 'h3')
    assert.equal(outcome.version, 'TLSv1.3')
    assert.ok(outcome.answered && outcome.verifies)
    const wire =
      readFileSync(`${authority.folder}/good.pem`, 'utf8').match(/-----BEGIN[^]*?END CERTIFICATE-----/g) ?? []
    assert.deepEqual(
      outcome.chain.map((der) => Buffer.from(der).toString('base64')),
      wire.map((pem) => new X509Certificate(pem).raw.toString('base64')),
    )
    assert.equal(outcome.chain.length, 2)
    assert.ok((outcome.helloBytes ?? 0) >= 1200)
    assert.ok(outcome.bytesReceived > 500)
    assert.ok(outcome.startedAt <= outcome.helloAt! && outcome.helloAt! <= outcome.firstByteAt!) // asserted: it answered
  })

  for (const [name, code] of [
    ['expired.test', 'ssl_invalid_certificate'],
    ['wrong.test', 'ssl_invalid_hostname'],
    ['unknown.test', 'ssl_unknown_authority'],
  ] as const)
    it(`names the fault of a chain and keeps it: ${code}`, async () => {
      const outcome = await ask(name)
      assert.equal(outcome.failure?.code, code)
      assert.equal(outcome.failure?.stage, 'verify')
      assert.ok(outcome.answered)
      assert.equal(outcome.chain.length, 1)
    })

  it('trusts the bundled roots alone where none is added', async () => {
    assert.equal((await ask('good.test', tools())).failure?.code, 'ssl_unknown_authority')
  })

  it('checks nothing if the option says so', async () => {
    const outcome = await handshakeQuic(
      { address: LOOPBACK, port: nginx.port },
      { serverName: 'expired.test', verify: false },
      trusted,
    )
    assert.equal(outcome.failure, undefined)
    assert.equal(outcome.verifies, false)
  })

  it("takes a server's alert for a name it refuses", async () => {
    const outcome = await ask('reject.test')
    assert.equal(outcome.failure?.code, 'ssl_invalid_hostname')
    assert.equal(outcome.failure?.stage, 'handshake')
    assert.ok(outcome.answered)
  })

  it('completes with an independent implementation that asks for a retry', async () => {
    const outcome = await handshakeQuic({ address: LOOPBACK, port: gtls.port }, { serverName: 'good.test' }, trusted)
    assert.equal(outcome.failure, undefined)
    assert.equal(outcome.chain.length, 1) // GnuTLS leaves the unrelated certificate out
  })

  it('greets by a hand-made Initial without the library: a ServerHello, an alert, a retry', async () => {
    const greet = (port: number, serverName: string) => greetQuic({ address: LOOPBACK, port }, { serverName }, tools())
    const hello = await greet(nginx.port, 'good.test')
    assert.deepEqual([hello.failure, hello.answered, hello.verifies, hello.chain], [undefined, true, false, []])
    assert.equal((await greet(nginx.port, 'reject.test')).failure?.code, 'ssl_invalid_hostname')
    const retried = await greet(gtls.port, 'good.test')
    assert.deepEqual([retried.failure, retried.answered], [undefined, true])
  })
})

/** Answers every datagram on loopback with what `answer` makes of it. */
async function openLiar(answer: (datagram: Buffer) => readonly Buffer[]): Promise<AsyncDisposable & { port: number }> {
  const socket = dgram.createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, LOOPBACK, resolve))
  socket.on('message', (datagram, from) => {
    for (const reply of answer(datagram)) socket.send(reply, from.port, from.address)
  })
  return {
    port: socket.address().port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  }
}

/** A close with a transport code in an Initial packet that anyone on the path can make. */
function forgeClose(datagram: Buffer, code: number): Buffer {
  const seen = readLongHeader(datagram)
  assert.ok(seen)
  const payload = Buffer.concat([Buffer.of(0x1c, 0x40 | (code >> 8), code & 255, 0, 0), Buffer.alloc(40)])
  const lead = Buffer.concat([
    Buffer.of(0xc3, 0, 0, 0, 1, seen.sourceId.length),
    seen.sourceId,
    Buffer.of(8),
    Buffer.from('forgerer'),
    Buffer.of(0, 0x40, 4 + payload.length + 16),
  ])
  return sealPacket(initialKeys(seen.destinationId, 'server'), { header: lead, packetNumber: 0, payload })
}

const refusesVersion = (datagram: Buffer, versions: string): Buffer => {
  const seen = readLongHeader(datagram)
  assert.ok(seen)
  return Buffer.concat([
    Buffer.of(0x80, 0, 0, 0, 0, seen.sourceId.length),
    seen.sourceId,
    Buffer.of(seen.destinationId.length),
    seen.destinationId,
    Buffer.from(versions, 'hex'),
  ])
}

for (const [way, operation] of [
  ['handshakeQuic', handshakeQuic],
  ['greetQuic', greetQuic],
] as const)
  describe(
    `${way}() and what a path can do`,
    { skip: loadQuicBinding() === undefined && 'needs the QUIC library' },
    () => {
      const against = async (answer: (datagram: Buffer) => readonly Buffer[], limit = 300) => {
        await using liar = await openLiar(answer)
        return await operation(
          { address: LOOPBACK, port: liar.port },
          { serverName: 'good.test' },
          tools({ limit: millis(limit) }),
        )
      }

      for (const [close, code] of [
        [0x128, 'ssl_failed_handshake'],
        [0x12a, 'ssl_invalid_certificate'],
        [0x130, 'ssl_unknown_authority'],
        [0x178, 'ssl_alert'],
        [0x002, 'connection_refused'],
        [0x000, 'eof_error'],
        [0x00a, 'connection_reset'],
      ] as const)
        it(`names a forged close 0x${close.toString(16)}: ${code}`, async () => {
          const outcome = await against((datagram) => [forgeClose(datagram, close)], 3000)
          assert.equal(outcome.failure?.code, code)
          assert.equal(outcome.answered, true)
        })

      it('names a refused version', async () => {
        const outcome = await against((datagram) => [refusesVersion(datagram, '6b3343cf')], 3000)
        assert.equal(outcome.failure?.code, 'quic_incompatible_version')
        assert.equal(outcome.answered, true)
      })

      it('is not ended by a refusal of versions that lists version 1, which no server sends', async () => {
        const outcome = await against((datagram) => [refusesVersion(datagram, '00000001')])
        assert.equal(outcome.failure?.code, 'generic_timeout_error')
        assert.equal(outcome.answered, false)
      })

      it('ignores garbage, keeps its first bytes, and reaches its own limit', async () => {
        const outcome = await against(() => [
          Buffer.from('HTTP/1.1 302 Found'),
          Buffer.alloc(0),
          Buffer.alloc(1400, 0xff),
        ])
        assert.equal(outcome.failure?.code, 'generic_timeout_error')
        assert.equal(outcome.failure?.limit, 300)
        assert.equal(outcome.answered, false)
        assert.equal(Buffer.from(outcome.firstBytes ?? []).toString('latin1'), 'HTTP/1.1 302 Found')
      })

      it('calls silence our limit', async () => {
        const outcome = await against(() => [])
        assert.equal(outcome.failure?.code, 'generic_timeout_error')
        assert.equal(outcome.firstByteAt, undefined)
        assert.deepEqual(outcome.chain, [])
      })

      it('calls a port without a listener refused', async () => {
        const outcome = await operation(
          { address: LOOPBACK, port: await freePort() },
          { serverName: 'good.test' },
          tools(),
        )
        assert.equal(outcome.failure?.code, 'connection_refused')
        assert.equal(outcome.answered, false)
      })

      it('leaves no outcome where the run ends', async () => {
        const run = new AbortController()
        const reason = new Error('run ended')
        await using liar = await openLiar(() => {
          run.abort(reason)
          return []
        })
        const asked = operation(
          { address: LOOPBACK, port: liar.port },
          { serverName: 'good.test' },
          tools({ signal: run.signal }),
        )
        await assert.rejects(asked, reason)
      })
    },
  )
