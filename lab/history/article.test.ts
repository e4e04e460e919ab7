import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { planArticle } from './article.ts'
import { demandsSchema } from '../../src/core/model/incident/demand.ts'
import { eventsSchema, statementsSchema } from '../../src/core/model/tables/record.ts'
import { articleRecord } from './article-record.ts'
import { createProbes } from './probes.ts'
import { simulateHistory } from './simulate.ts'

const options = {
  seed: 4,
  since: Date.UTC(2026, 9, 1),
  days: 1,
  networks: 3,
  probesPerNetwork: 2,
  intervalMinutes: 15,
}

describe("the article's evening", () => {
  it('lasts from 20:02 to 22:04 in Almaty on every network but the last', () => {
    const { truth } = planArticle({ ...options, probes: createProbes(options) })
    assert.deepEqual(
      [truth.start, truth.end].map((at) => new Date(at).toISOString()),
      ['2026-10-01T15:02:00.000Z', '2026-10-01T17:04:00.000Z'],
    )
    assert.deepEqual(truth.asns, [64496, 64497])
    assert.equal(truth.untouched, 64498)
  })

  it('is measured by pairs whose innocent half passes while the name of the service is silent', () => {
    const history = simulateHistory({ ...options, story: 'article-evening', pairs: true, services: ['youtube'] })
    let blocked = 0
    for (const { line, label } of history.measurements()) {
      if (label.test !== 'sni_blocking') continue
      const { test_keys: keys } = JSON.parse(line) as {
        test_keys: { target: { failure: string | null }; control: { failure: string | null } }
      }
      if (!label.blocked) continue
      blocked++
      assert.deepEqual([keys.target.failure, keys.control.failure], ['generic_timeout_error', null])
      assert.ok(label.asn !== 64498)
    }
    assert.ok(blocked >= 20, `${blocked} pairs`)
  })

  it('has a record of invented events and statements that is marked as simulated', () => {
    const { truth } = planArticle({ ...options, probes: createProbes(options) })
    const record = articleRecord(truth)
    const { events } = eventsSchema.parse(record.events)
    const { statements, simulated } = statementsSchema.parse(record.statements)
    assert.equal(events[0]?.start, '2026-10-01T15:00:00Z')
    assert.equal(simulated, true)
    const { demands } = demandsSchema.parse(record.demands)
    assert.ok(statements.every(({ id }) => id.startsWith('simulated-')))
    assert.ok(record.demands.simulated && demands.every(({ id }) => id.startsWith('simulated-')))
    assert.equal(demands[0]?.at, '2026-09-17')
  })

  it('leaves a history without pairs and with every service as it was', () => {
    const lines = (more: object) => [...simulateHistory({ ...options, ...more }).measurements()].map(({ line }) => line)
    assert.deepEqual(lines({ story: 'month', pairs: false }), lines({}))
  })
})
