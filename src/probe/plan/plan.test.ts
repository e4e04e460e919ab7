import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { loadControls, loadServices } from '../../runtime/tables/measured-lists.ts'
import type { Endpoint } from '../../core/model/tables/service.ts'
import { testContext } from '../../../test/kit/probe/probe-context.ts'
import { chanceOf } from '../measure/chance.ts'
import { bytesAtLeast, FULL_BUDGET } from './full-budget.ts'
import { FLOWS_BYTES } from '../measure/hosting-flows.ts'
import { neighboursOf } from '../measure/neighbours.ts'
import { CORE_BUDGET, planRun, type ServicePlan } from './plan.ts'
import { FULL_RUN_BYTES } from './schedule.ts'

const chance = chanceOf((length) => randomBytes(length))
const plan = (changes: Parameters<typeof testContext>[0], families?: 1 | 2, kept?: number) =>
  planRun(
    testContext({ services: loadServices(), controls: loadControls(), ...changes }).context.settings,
    chance,
    families,
    kept,
  )

describe('planRun() over the bundled list', () => {
  it('never plans a pattern, nor a tier without consent, nor a protocol without a responder', () => {
    const services = plan({ tiers: new Set(['A']) })
    assert.ok(services.length > 5)
    assert.ok(services.every(({ tier }) => tier === 'A'))
    const hosts = plan({ tiers: new Set(['A', 'B', 'C']) }).flatMap(({ endpoints }) =>
      endpoints.map(({ endpoint }) => endpoint.host),
    )
    assert.deepEqual(
      hosts.filter((host) => host.includes('*') || host.endsWith('.invalid')),
      [],
    )
  })

  it('keeps a core run to names and connections, within its bytes', () => {
    const endpoints = plan({ scope: 'core' }).flatMap((service) => service.endpoints)
    assert.ok(
      endpoints.every(({ endpoint, checks }) => endpoint.core === true && !checks.has('page') && !checks.has('down')),
    )
    const names = endpoints.filter(({ checks }) => checks.has('tls'))
    const paired = names.filter(({ begin }) => begin === 'pair').length
    const { whole, upload, line, target, innocent, tcp } = CORE_BUDGET
    const bytes = upload + line + names.length * target + endpoints.length * tcp + paired * innocent
    assert.ok(paired >= 1 && bytes <= whole, `${paired} pairs, ${bytes} bytes`)
  })

  it('keeps a core run to the first tier, in spite of the marks of a list and of what was agreed to', () => {
    const services = loadServices().map((service) => ({
      ...service,
      endpoints: service.endpoints.map((endpoint) => ({ ...endpoint, core: true as const })),
    }))
    const planned = plan({ services, scope: 'core', tiers: new Set(['A', 'B', 'C']) })
    assert.ok(planned.length > 5 && planned.every(({ tier }) => tier === 'A'))
  })

  it('keeps a core run within its bytes with a list of any length, and measures all of it in time', () => {
    const [model] = loadServices().filter(({ tier, endpoints }) => tier === 'A' && endpoints.some(({ core }) => core))
    const endpoint = model!.endpoints.find(({ core }) => core)! // filtered by it
    const endpoints = Array.from({ length: 60 }, (_, nth) => ({ ...endpoint, host: `host${nth}.example` }))
    const seen = new Set<string>()
    const { whole, upload, line, target, innocent, tcp } = CORE_BUDGET
    for (let runs = 0; runs < 100 && seen.size < 60; runs++) {
      const drawn = plan({ services: [{ ...model!, endpoints }], scope: 'core' }).flatMap((one) => one.endpoints)
      const paired = drawn.filter(({ begin }) => begin === 'pair').length
      assert.ok(upload + line + drawn.length * (target + tcp) + paired * innocent <= whole)
      assert.ok(paired >= 1 && drawn.length >= 10)
      for (const one of drawn) seen.add(one.endpoint.host)
    }
    assert.equal(seen.size, 60)
  })

  it('draws the order each time', () => {
    const orders = new Set(
      Array.from({ length: 20 }, () =>
        plan({})
          .map(({ id }) => id)
          .join(),
      ),
    )
    assert.ok(orders.size > 10)
  })
})

/** Bytes that a full run takes where every address there may be is there, and nothing fails. */
function bytesOfFull(plans: readonly ServicePlan[]): number {
  const { line, pair, transfer } = FULL_BUDGET
  return plans
    .flatMap(({ endpoints }) => endpoints)
    .reduce<number>((sum, one) => {
      const { checks, pairsAt } = one
      const transfers = Number(checks.has('down')) + Number(checks.has('up'))
      const further = checks.has('tls') ? pairsAt.tls - 1 : 0
      return sum + bytesAtLeast(one) + pair * (further + pairsAt.quic) + transfer * transfers
    }, line)
}

const isForemost = ({ core, checks = [] }: Endpoint): boolean => core === true || checks.includes('page')

describe('planRun() of a full run', () => {
  const measured = loadServices().flatMap(({ tier, endpoints }) =>
    endpoints
      .filter(({ host, checks }) => tier !== 'C' && !host.includes('*') && checks !== undefined && checks.length > 0)
      .map((endpoint) => ({ tier, host: `${endpoint.host}:${endpoint.port}`, foremost: isForemost(endpoint) })),
  )

  for (const tiers of [['A'], ['A', 'B']] as const)
    for (const families of [1, 2] as const)
      it(`keeps tiers ${tiers.join(', ')} over ${families} of IPv4 and IPv6 within its bytes, what counts most in each run`, () => {
        let withTransfers = 0
        for (let runs = 0; runs < 30; runs++) {
          const plans = plan({ tiers: new Set(tiers) }, families)
          const bytes = bytesOfFull(plans)
          assert.ok(bytes <= FULL_RUN_BYTES, `${bytes} bytes`)
          const endpoints = plans.flatMap((service) => service.endpoints)
          const hosts = new Set(endpoints.map(({ endpoint }) => `${endpoint.host}:${endpoint.port}`))
          assert.equal(hosts.size, endpoints.length)
          const listed = measured.filter(({ tier }) => tiers.some((one) => one === tier))
          for (const { host } of listed.filter(({ tier, foremost }) => tier === 'A' && foremost))
            assert.ok(hosts.has(host), host)
          // Of the others most in each run, so that each is measured every day or two.
          assert.ok(hosts.size > 0.55 * listed.length, `${hosts.size} of ${listed.length}`)
          for (const { begin, pairsAt } of endpoints) {
            assert.equal(begin, 'triple')
            assert.ok(pairsAt.tls >= 1 && pairsAt.tls <= 2 * families && pairsAt.quic <= families)
          }
          withTransfers += Number(endpoints.some(({ checks }) => checks.has('down') || checks.has('up')))
        }
        // They are drawn: about one run in a thousand has none.
        assert.ok(withTransfers >= 27, `${withTransfers} of 30`)
      })

  it('leaves room for flows from our own servers, and measures as many endpoints', () => {
    for (let runs = 0; runs < 30; runs++) {
      const plans = plan({ tiers: new Set(['A', 'B']) }, 2, FLOWS_BYTES)
      assert.ok(bytesOfFull(plans) <= FULL_RUN_BYTES - FLOWS_BYTES)
      assert.ok(plans.flatMap(({ endpoints }) => endpoints).length > 0.55 * measured.length)
    }
  })

  it('measures every connection, every transfer, every name over QUIC and at a second address in time', () => {
    const missing = new Set<string>()
    for (const { endpoints } of loadServices().filter(({ tier }) => tier !== 'C'))
      for (const { host, checks = [] } of endpoints.filter(({ host }) => !host.includes('*')))
        for (const check of checks) if (check !== 'page' && check !== 'plain') missing.add(`${check} ${host}`)
    for (let runs = 0; runs < 2000 && missing.size > 0; runs++)
      for (const { endpoint, checks, pairsAt } of plan({ tiers: new Set(['A', 'B']) }).flatMap(
        (one) => one.endpoints,
      )) {
        for (const check of ['quic', 'down', 'up', 'tcp'] as const)
          if (checks.has(check)) missing.delete(`${check} ${endpoint.host}`)
        if (pairsAt.tls > 1) missing.delete(`tls ${endpoint.host}`)
      }
    assert.deepEqual([...missing], [])
  })

  it('leaves nothing out of a list of a few names', () => {
    const services = loadServices().filter(({ id }) => id === 'youtube')
    for (const { endpoint, checks, pairsAt } of plan({ services }).flatMap((one) => one.endpoints)) {
      assert.deepEqual([...checks].toSorted(), endpoint.checks?.toSorted())
      assert.equal(pairsAt.quic, checks.has('quic') ? 2 : 0)
      if (checks.has('tls')) assert.equal(pairsAt.tls, 4)
    }
  })

  it('keeps a list of any length within its bytes, and takes no more from the first group than a short one', () => {
    const [model] = loadServices().filter(({ tier }) => tier === 'B')
    const [endpoint] = model!.endpoints.filter(({ checks }) => checks?.includes('page')) // there are such
    const endpoints = Array.from({ length: 1500 }, (_, nth) => ({ ...endpoint!, host: `host${nth}.example` }))
    const services = [...loadServices(), { ...model!, id: 'many', endpoints }]
    const plans = plan({ services, tiers: new Set(['A', 'B']) })
    assert.ok(bytesOfFull(plans) <= FULL_RUN_BYTES)
    const first = plans.filter(({ tier }) => tier === 'A').flatMap((one) => one.endpoints)
    const foremost = measured.filter((one) => one.tier === 'A' && one.foremost)
    assert.equal(first.filter(({ endpoint }) => isForemost(endpoint)).length, foremost.length)
    assert.ok(first.length > 0.5 * measured.filter(({ tier }) => tier === 'A').length, String(first.length))
    const drawn = plans.filter(({ tier }) => tier === 'B').flatMap((one) => one.endpoints)
    assert.ok(drawn.length > 10)
    assert.ok(plans.flatMap((one) => one.endpoints).some(({ checks }) => checks.has('down') || checks.has('up')))
  })
})

describe('neighboursOf()', () => {
  it('gives the nearest addresses of the same /24, without network and broadcast', () => {
    assert.deepEqual(neighboursOf('20.10.1.2').slice(0, 3), ['20.10.1.3', '20.10.1.1', '20.10.1.4'])
    assert.ok(!neighboursOf('20.10.1.254').includes('20.10.1.255'))
    assert.deepEqual(neighboursOf('2a0e:2010::1'), [])
  })
})
