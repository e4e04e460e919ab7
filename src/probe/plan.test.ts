import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { registrableDomain } from '../model/hostname.ts'
import { loadControls, loadServices } from '../sys/measured-lists.ts'
import { testContext } from '../../test/kit/probe-context.ts'
import { chanceOf } from './chance.ts'
import { innocentsFor } from './innocent.ts'
import { neighboursOf } from './neighbours.ts'
import { CORE_BUDGET, planRun } from './plan.ts'

const chance = chanceOf((length) => randomBytes(length))
const plan = (changes: Parameters<typeof testContext>[0]) =>
  planRun(testContext({ services: loadServices(), controls: loadControls(), ...changes }).context.settings, chance)

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

  it('keeps a core run to the first tier, whatever a list marks and whatever was agreed to', () => {
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

  it('draws the order anew', () => {
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

describe('innocentsFor()', () => {
  it('never draws a name of the target’s registered domain', () => {
    const draw = innocentsFor('www.iana.org', loadControls(), chance)
    for (let nth = 0; nth < 100; nth++) assert.notEqual(registrableDomain(draw()), 'iana.org')
  })
})

describe('neighboursOf()', () => {
  it('gives the nearest addresses of the same /24, without network and broadcast', () => {
    assert.deepEqual(neighboursOf('20.10.1.2').slice(0, 3), ['20.10.1.3', '20.10.1.1', '20.10.1.4'])
    assert.ok(!neighboursOf('20.10.1.254').includes('20.10.1.255'))
    assert.deepEqual(neighboursOf('2a0e:2010::1'), [])
  })
})
