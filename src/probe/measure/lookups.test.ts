import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noControls, testContext } from '../../../test/kit/probe/probe-context.ts'
import { endpointOf, localService } from '../../../test/kit/probe/probe-world.ts'
import { addressRecord, openUdpResolver, type Behaviour } from '../../../test/kit/net/udp-resolver.ts'
import type { RunSettings } from './contract.ts'
import { lookUpByListed } from './lookups.ts'
import { planRun } from '../plan/plan.ts'
import { scoutEndpoint } from './scout.ts'

const sourced = { source: 'test', checked_at: '2026-11-25' }
const NAME = 'www.example.org'
const SERVICE = localService('service', 443, ['tls'])

const controlsWith = (...udpResolvers: readonly { readonly address: string; readonly port: number }[]) => ({
  ...noControls,
  udpResolvers: udpResolvers.map((one) => ({ ...one, ...sourced })),
})

const truth: Behaviour = (_, reply) => reply.send([addressRecord(NAME, '192.0.2.1')])
const injected: Behaviour = (question, reply) => {
  reply.send([addressRecord(NAME, '198.51.100.7')])
  truth(question, reply)
}

describe('lookUpByListed()', () => {
  it('keeps both answers to one question, and says that the resolver is one of the lists', async () => {
    await using resolver = await openUdpResolver(injected)
    const { context } = testContext({ controls: controlsWith(resolver) })
    const outcome = await lookUpByListed(context, NAME)
    assert.equal(outcome?.listed, true)
    assert.equal(outcome.resolver, `127.0.0.1:${resolver.port}`)
    assert.deepEqual(
      [outcome.answer, ...outcome.late].map((one) => one?.answers[0]?.address),
      ['198.51.100.7', '192.0.2.1'],
    )
  })

  it('asks once for each name of a run, and of sixty names at most', async () => {
    await using resolver = await openUdpResolver(truth)
    const { context } = testContext({ controls: controlsWith(resolver) })
    const [one, same] = await Promise.all([lookUpByListed(context, NAME), lookUpByListed(context, NAME)])
    assert.equal(one, same)
    const more = Array.from({ length: 80 }, (_, index) => lookUpByListed(context, `www${index}.example.org`))
    const asked = (await Promise.all(more)).filter((outcome) => outcome !== undefined)
    assert.equal(asked.length, 59)
    assert.equal(resolver.asked, 60)
  })

  it('asks no server at a private address, and none of a family that the connection does not carry', async () => {
    await using resolver = await openUdpResolver(truth)
    const strange = { address: '2001:4860:4860::8888', port: 53 }
    for (const settings of [
      { controls: controlsWith(resolver), dialsPrivate: false },
      { controls: controlsWith(strange) },
      { controls: noControls },
    ])
      assert.equal(await lookUpByListed(testContext(settings).context, NAME), undefined)
    assert.equal(resolver.asked, 0)
  })
})

describe('scoutEndpoint()', () => {
  const scout = async (settings: Partial<RunSettings>, checks: Parameters<typeof endpointOf>[2]) => {
    const { context } = testContext(settings)
    const endpoint = endpointOf('localhost', 443, checks)
    const service = { ...SERVICE, endpoints: [{ ...endpoint, core: true as const }] }
    const [plan] = planRun({ ...context.settings, services: [service] }, context.chance)
    const only = plan?.endpoints[0]
    assert.ok(only !== undefined)
    return (await scoutEndpoint(context, only)).lookups.filter(({ listed }) => listed === true).length
  }

  it('asks a public resolver about names of pages and of TLS, in a full run alone', async () => {
    await using resolver = await openUdpResolver(truth)
    const controls = controlsWith(resolver)
    assert.equal(await scout({ controls }, ['tls']), 1)
    assert.equal(await scout({ controls }, ['tcp']), 0)
    assert.equal(await scout({ controls, scope: 'core' }, ['tls']), 0)
  })
})
