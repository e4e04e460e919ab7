import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { addressRecord, openUdpResolver, type Behaviour } from '../../../test/kit/net/udp-resolver.ts'
import type { LookupOutcome } from '../../core/model/measured/operation.ts'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { readReply } from './message.ts'
import { resolveUdp } from './resolve-udp.ts'

const NAME = 'www.example.org'
const tools = { clock: systemClock, signal: new AbortController().signal, limit: millis(1000) }
const listenFor = millis(60)

async function ask(behave: Behaviour, tcp?: Behaviour): Promise<LookupOutcome> {
  await using resolver = await openUdpResolver(behave, tcp)
  return await resolveUdp({ name: NAME, queryType: 'A', resolver }, tools, { listenFor })
}
const addresses = (outcome: LookupOutcome): readonly string[] =>
  (outcome.answer?.answers ?? []).map(({ address }) => address)
const record = (address: string): ReturnType<typeof addressRecord> => addressRecord(NAME, address)

describe('resolveUdp()', () => {
  it('gives addresses, canonical names and the message as it came', async () => {
    const outcome = await ask((_, reply) =>
      reply.send([
        { type: 'CNAME', name: NAME, ttl: 5, data: 'edge.example.net' },
        record('192.0.2.1'),
        record('192.0.2.2'),
      ]),
    )
    assert.equal(outcome.failure, undefined)
    assert.deepEqual(addresses(outcome), ['192.0.2.1', '192.0.2.2'])
    assert.deepEqual(outcome.answer?.canonicalNames, ['edge.example.net'])
    assert.equal(outcome.answer?.rcode, 0)
    assert.ok((outcome.answer?.raw?.length ?? 0) > 40)
    assert.deepEqual(outcome.late, [])
    assert.equal(outcome.endedAt, outcome.answer?.at)
  })

  it('keeps the true answer that comes after an injected one', async () => {
    const outcome = await ask((_, reply) => {
      reply.send([record('198.51.100.7')])
      setTimeout(() => reply.send([record('192.0.2.1')]), 10)
    })
    assert.deepEqual(addresses(outcome), ['198.51.100.7'])
    assert.deepEqual(
      outcome.late.map(({ answers }) => answers[0]?.address),
      ['192.0.2.1'],
    )
  })

  it('keeps the true answer that comes after an injected "no such name"', async () => {
    const outcome = await ask((_, reply) => {
      reply.send([], { rcode: 3 })
      setTimeout(() => reply.send([record('192.0.2.1')]), 10)
    })
    assert.equal(outcome.failure?.code, 'dns_nxdomain_error')
    assert.equal(outcome.late.length, 1)
  })

  it('keeps at most eight later answers of a flood', async () => {
    const outcome = await ask((_, reply) => {
      for (let i = 1; i < 200; i++) reply.send([record(`192.0.2.${i}`)])
    })
    assert.deepEqual(addresses(outcome), ['192.0.2.1'])
    assert.ok(outcome.late.length <= 8)
  })

  for (const [rcode, code] of [
    [2, 'dns_servfail_error'],
    [3, 'dns_nxdomain_error'],
    [5, 'dns_refused_error'],
    [4, 'dns_server_misbehaving'],
    [0, 'dns_no_answer'],
  ] as const)
    it(`calls rcode ${rcode} without addresses ${code}`, async () => {
      const outcome = await ask((_, reply) => reply.send([], { rcode }))
      assert.equal(outcome.failure?.code, code)
      assert.equal(outcome.answer?.rcode, rcode)
    })

  it('passes over other ids, other questions and garbage that come before the answer', async () => {
    const outcome = await ask((question, reply) => {
      reply.send([record('198.51.100.1')], { id: ((question.id ?? 0) + 1) % 65_536 })
      reply.send([record('198.51.100.2')], { name: 'other.example' })
      reply.raw(new Uint8Array(40).fill(255))
      reply.send([record('192.0.2.1')])
    })
    assert.deepEqual(addresses(outcome), ['192.0.2.1'])
    assert.deepEqual(outcome.late, [])
  })

  it('says so where nothing but answers of another id came', async () => {
    await using resolver = await openUdpResolver((question, reply) =>
      reply.send([record('198.51.100.1')], { id: ((question.id ?? 0) + 1) % 65_536 }),
    )
    const outcome = await resolveUdp({ name: NAME, queryType: 'A', resolver }, { ...tools, limit: millis(80) })
    assert.equal(outcome.failure?.code, 'dns_reply_with_wrong_query_id')
    assert.equal(outcome.failure?.limit, 80)
  })

  it('says of a silent resolver that our limit passed, having asked once', async () => {
    await using resolver = await openUdpResolver(() => undefined)
    const outcome = await resolveUdp({ name: NAME, queryType: 'A', resolver }, { ...tools, limit: millis(60) })
    assert.deepEqual(outcome.failure, { code: 'generic_timeout_error', stage: 'resolve', detail: '', limit: 60 })
    assert.equal(resolver.asked, 1)
  })

  it('says of a closed port that it was refused', async () => {
    const resolver = await openUdpResolver(() => undefined)
    await resolver[Symbol.asyncDispose]()
    const outcome = await resolveUdp({ name: NAME, queryType: 'A', resolver }, tools)
    assert.equal(outcome.failure?.code, 'connection_refused')
  })

  it('asks again over TCP where the answer was cut', async () => {
    const outcome = await ask(
      (_, reply) => reply.send([record('192.0.2.1')], { cut: true }),
      (_, reply) => reply.send([record('192.0.2.1'), record('192.0.2.2')]),
    )
    assert.deepEqual(addresses(outcome), ['192.0.2.1', '192.0.2.2'])
  })

  it('keeps the cut answer where TCP gives none', async () => {
    const outcome = await ask((_, reply) => reply.send([record('192.0.2.1')], { cut: true }))
    assert.deepEqual(addresses(outcome), ['192.0.2.1'])
    assert.equal(outcome.failure, undefined)
  })

  it('refuses what is no name: nothing is sent', async () => {
    await using resolver = await openUdpResolver(() => undefined)
    for (const name of ['', '192.0.2.1', 'a..b', `${'x'.repeat(64)}.kz`, 'бір.kz'])
      assert.equal((await resolveUdp({ name, queryType: 'A', resolver }, tools)).failure?.code, 'invalid_argument')
    assert.equal(resolver.asked, 0)
  })

  it('throws the reason of a run that ends while it listens', async () => {
    const controller = new AbortController()
    await using resolver = await openUdpResolver((_, reply) => {
      reply.send([record('192.0.2.1')])
      controller.abort(new Error('run ended'))
    })
    const asked = resolveUdp({ name: NAME, queryType: 'A', resolver }, { ...tools, signal: controller.signal })
    await assert.rejects(asked, /run ended/)
  })
})

describe('readReply()', () => {
  it('never throws, on any bytes', () => {
    const asked = { id: 7, name: NAME, queryType: 'A' } as const
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        assert.ok(['answer', 'wrong-id', 'other'].includes(readReply(bytes, asked, millis(0)).kind))
      }),
    )
  })
})
