import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import { connect } from 'node:tls'
import { decode, encode } from 'dns-packet'
import { nameInSegment } from './client-hello.ts'
import { PacketCensor } from './inspect.ts'
import { answerTcp, answerUdp, readPacket, type Packet } from './packet.ts'
import { openClientInitial } from './quic-initial.ts'
import type { CensorRule } from './rules.ts'

const CLIENT = Buffer.from([192, 168, 7, 2])
const SERVER = Buffer.from([20, 10, 1, 10])

/** The packet that a client would have sent, made by answering the one that the server would have sent to it. */
function sent(protocol: 'tcp' | 'udp', port: number, payload: Buffer): Buffer {
  const question: Packet = {
    ...{ bytes: Buffer.alloc(0), protocol, source: SERVER, target: CLIENT, payload: Buffer.alloc(0) },
    ...{ sourcePort: port, targetPort: 40_000, sequence: 1000, acknowledged: 2000 },
  }
  return protocol === 'udp' ? answerUdp(question, payload) : answerTcp(question, { end: 'fin', data: payload })
}

const readBack = (bytes: Buffer): Packet => {
  const packet = readPacket(bytes)
  assert.ok(packet !== undefined)
  return packet
}

/** Sum over 16-bit words with end-around carry; over a correct header or segment it is all ones. Source: RFC 1071. */
function sum(bytes: Buffer): number {
  let total = 0
  for (const [at, byte] of bytes.entries()) total += at % 2 === 0 ? byte << 8 : byte
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16)
  return total
}

/** The first bytes that Node sends for a name. */
function helloOf(servername: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const said = new Duplex({
      read: () => undefined,
      write: (bytes: Buffer) => {
        resolve(bytes)
        said.destroy()
      },
    })
    connect({ socket: said, servername }).on('error', () => undefined)
  })
}

describe('answerTcp() and answerUdp()', () => {
  it('make packets whose checksums are right, of odd and even lengths', () => {
    for (const protocol of ['tcp', 'udp'] as const)
      for (const length of [0, 1, 2, 333, 1400]) {
        const bytes = sent(protocol, 443, randomBytes(length))
        assert.equal(sum(bytes.subarray(0, 20)), 0xffff, 'header')
        const segment = bytes.subarray(20)
        const pseudo = Buffer.concat([SERVER, CLIENT, Buffer.from([0, protocol === 'tcp' ? 6 : 17, 0, 0])])
        pseudo.writeUInt16BE(segment.length, 10)
        // the packet goes from what the question was sent to, to its sender: the pseudo header is symmetric in both
        assert.equal(sum(Buffer.concat([pseudo, segment])), 0xffff, `${protocol} of ${length} bytes`)
      }
  })

  it('answer what the other side waits for: its next byte, after all that it sent', () => {
    const packet = readBack(sent('tcp', 443, Buffer.from('hello')))
    const answer = readBack(answerTcp(packet, { end: 'fin' }))
    assert.equal(answer.sequence, packet.acknowledged)
    assert.equal(answer.acknowledged, packet.sequence + 5)
    assert.deepEqual([answer.sourcePort, answer.targetPort], [packet.targetPort, packet.sourcePort])
  })
})

describe('a censor that reads packets', () => {
  const rules: readonly CensorRule[] = [
    { kind: 'hello', names: ['youtube-lab.net'], action: 'close' },
    { kind: 'http', names: ['vlast-lab.net'], action: 'page' },
    { kind: 'dns-injection', names: ['youtube-lab.net'], answer: { kind: 'addresses', addresses: ['10.10.34.34'] } },
    { kind: 'tunnel', protocol: 'tor', action: 'reset' },
  ]

  it('finds the name in what Node sends, whole and cut after any byte behind it', async () => {
    const hello = await helloOf('www.youtube-lab.net')
    assert.equal(nameInSegment(hello), 'www.youtube-lab.net')
    const behind = hello.indexOf('www.youtube-lab.net') + 'www.youtube-lab.net'.length
    assert.equal(nameInSegment(hello.subarray(0, behind)), 'www.youtube-lab.net')
    for (let cut = 0; cut < behind - 20; cut += 7) assert.equal(nameInSegment(hello.subarray(0, cut)), undefined)
  })

  it('ends a connection by its name and lets nothing more of it pass', async () => {
    const censor = new PacketCensor(rules)
    const packet = sent('tcp', 443, await helloOf('www.youtube-lab.net'))
    const fate = censor.decide(packet)
    assert.equal(fate.pass, 'never')
    assert.equal(fate.answers.length, 1)
    assert.equal(censor.decide(sent('tcp', 443, Buffer.from('more'))).pass, 'never')
  })

  it('lets other names pass', async () => {
    const censor = new PacketCensor(rules)
    assert.deepEqual(censor.decide(sent('tcp', 443, await helloOf('www.facebook-lab.net'))), {
      answers: [],
      pass: 'now',
    })
  })

  it('answers a request by its Host with a page, over HTTP alone', () => {
    const censor = new PacketCensor(rules)
    const request = Buffer.from('GET / HTTP/1.1\r\nAccept: */*\r\nHost: www.vlast-lab.net\r\n\r\n')
    const [answer] = censor.decide(sent('tcp', 80, request)).answers
    assert.ok(answer !== undefined)
    assert.match(readBack(answer).payload.toString(), /^HTTP\/1\.1 403 Forbidden\r\n[^]*Notice/)
  })

  it('forges an answer that a parser of DNS takes for one, and lets the question pass', () => {
    const censor = new PacketCensor(rules)
    const question = encode({
      type: 'query',
      id: 77,
      flags: 0x100,
      questions: [{ type: 'A', name: 'WWW.youtube-lab.net' }],
    })
    const { answers, pass } = censor.decide(sent('udp', 53, question))
    assert.equal(pass, 'now')
    assert.ok(answers[0] !== undefined)
    const message = decode(readBack(answers[0]).payload)
    assert.equal(message.id, 77)
    assert.deepEqual(
      message.answers?.map((one) => ('data' in one ? one.data : undefined)),
      ['10.10.34.34'],
    )
  })

  it('forges answers to one resolver alone where it is told so', () => {
    const [injection] = rules.filter(({ kind }) => kind === 'dns-injection')
    assert.ok(injection?.kind === 'dns-injection')
    const name = 'www.youtube-lab.net'
    const question = sent('udp', 53, encode({ type: 'query', id: 7, questions: [{ type: 'A', name }] }))
    for (const [only, forged] of [
      [SERVER.join('.'), 1],
      ['20.40.3.53', 0],
    ] as const) {
      const { answers, pass } = new PacketCensor([{ ...injection, only: [only] }]).decide(question)
      assert.deepEqual([answers.length, pass], [forged, 'now'], only)
    }
  })

  it('knows tor by a name that it made up, and spares one that exists', async () => {
    const madeUp = sent('tcp', 9001, await helloOf('www.qx7vtzn2.com'))
    assert.equal(new PacketCensor(rules).decide(madeUp).pass, 'never')
    for (const name of ['www.example.com', 'www.weather-lab.net'])
      assert.equal(new PacketCensor(rules).decide(sent('tcp', 9001, await helloOf(name))).pass, 'now', name)
  })

  it('bears any bytes', () => {
    const censor = new PacketCensor(rules)
    for (let at = 0; at < 2000; at++) {
      censor.decide(randomBytes(at % 200))
      const payload = randomBytes(at % 1400)
      for (const [protocol, port] of [
        ['udp', 53],
        ['udp', 443],
        ['tcp', 443],
        ['tcp', 80],
      ] as const)
        censor.decide(sent(protocol, port, payload))
      const initial = randomBytes(1200)
      Buffer.from([0xc0, 0, 0, 0, 1, 8]).copy(initial)
      openClientInitial(initial)
    }
  })
})
