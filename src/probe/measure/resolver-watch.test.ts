import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openControl } from '../../../test/kit/net/control-world.ts'
import { addressRecord, openUdpResolver, type Behaviour } from '../../../test/kit/net/udp-resolver.ts'
import { noControls, testContext } from '../../../test/kit/probe/probe-context.ts'
import type { LookupOutcome } from '../../core/model/measured/operation.ts'
import { millis, parseAsn } from '../../core/model/units.ts'
import { isAnother, ResolverWatch } from './resolver-watch.ts'

const NAME = 'www.lapsed.example'
const sourced = { source: 'test', checked_at: '2026-11-30' }
/** The system knows this name without asking anyone. */
const WHOAMI = 'localhost'
const controls = { ...noControls, whoami: [{ host: WHOAMI, ...sourced }] }

const lookup = (via: LookupOutcome['via'], addresses: readonly string[], more: Partial<LookupOutcome> = {}) =>
  ({
    operation: 'lookup',
    via,
    name: NAME,
    queryType: 'A',
    startedAt: millis(0),
    endedAt: millis(1),
    late: [],
    ...(addresses.length > 0 && {
      answer: { at: millis(1), answers: addresses.map((address) => ({ family: 4, address })), canonicalNames: [] },
    }),
    ...more,
  }) satisfies LookupOutcome as LookupOutcome

const denied = lookup('doh', [], { failure: { code: 'dns_nxdomain_error', stage: 'resolve', detail: '' } })
const asks =
  (address: string): Behaviour =>
  (_, reply) =>
    reply.send([addressRecord(WHOAMI, address)])

describe('isAnother()', () => {
  it('says so of another block, and never of a farm that asks from several', () => {
    assert.equal(isAnother(['45.10.3.53', '45.10.3.54'], '45.10.5.53'), true)
    assert.equal(isAnother(['45.10.3.53'], '45.10.3.99'), false)
    assert.equal(isAnother(['45.10.3.53', '45.10.4.53'], '45.10.5.53'), false)
    assert.equal(isAnother([], '45.10.5.53'), false)
  })
})

describe('ResolverWatch', () => {
  it('says in which network the resolver is that answered in place of a public one, and whether it is another', async () => {
    await using resolver = await openUdpResolver(asks('45.10.5.53'))
    const networks = {
      lookup: (address: string) => parseAsn(address.startsWith('45.10.5.') ? 64500 : 64501),
      network: () => undefined,
    }
    await using control = await openControl({ allow: ['127.0.0.0/8'], networks })
    const { context } = testContext({ controls, controlUrls: [control.url] })
    const place = `127.0.0.1:${resolver.port}`
    const listed = lookup('udp', ['185.22.64.10'], { listed: true, resolver: place })
    const system = lookup('system', ['185.22.64.10'])
    await context.resolvers.look(context, { system, encrypted: denied, listed })
    const { note } = context.resolvers
    assert.deepEqual(note?.listed, [{ resolverAddress: place, asn: parseAsn(64500), differs: true }])
    assert.ok(note.systemAsns.includes(parseAsn(64501)))
    assert.notEqual(note.inventedAnswered, true)
    await context.resolvers.look(context, { system, encrypted: denied, listed })
    assert.equal(resolver.asked, 1, 'a public resolver is asked once in a run')
  })

  it('asks nothing unless both gave one address for a name that an encrypted resolver denies', async () => {
    await using resolver = await openUdpResolver(asks('45.10.5.53'))
    const { context } = testContext({ controls })
    const system = lookup('system', ['185.22.64.10'])
    const listed = (addresses: readonly string[]) =>
      lookup('udp', addresses, { listed: true, resolver: `127.0.0.1:${resolver.port}` })
    for (const three of [
      { system, encrypted: lookup('doh', ['142.250.74.46']), listed: listed(['185.22.64.10']) },
      { system, encrypted: undefined, listed: listed(['185.22.64.10']) },
      { system, encrypted: denied, listed: listed(['142.250.74.46']) },
      { system, encrypted: denied, listed: listed([]) },
      { system: undefined, encrypted: denied, listed: listed(['185.22.64.10']) },
    ])
      await context.resolvers.look(context, three)
    assert.equal(resolver.asked, 0)
    assert.equal(context.resolvers.note, undefined)
  })

  it('sends and compares no address of the owner', async () => {
    await using resolver = await openUdpResolver(asks('45.10.1.10'))
    const { context } = testContext({ controls })
    const watch = new ResolverWatch({ own: new Set(['45.10.1.10']), onBytes: () => undefined })
    const listed = lookup('udp', ['185.22.64.10'], { listed: true, resolver: `127.0.0.1:${resolver.port}` })
    await watch.look(context, { system: lookup('system', ['185.22.64.10']), encrypted: denied, listed })
    assert.deepEqual(watch.note?.listed, [])
  })
})
