import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Impact } from '../../model/incident/incident.ts'
import { impactTableSchema, type ImpactTable } from '../../model/tables/impact-table.ts'
import { parseAsn, parseInstant } from '../../model/units.ts'
import { drawBeta, drawNormal } from '../chain/draw.ts'
import { activeShare, hoursCovered } from './impact-hours.ts'
import { estimateImpact, incidentImpact, type ImpactNetwork, type ImpactQuestion } from './impact.ts'
import { createRandom, type Random } from '../chain/random.ts'

const ZONE = 'Asia/Almaty'
const FACT = { source: 'a test', as_of: '2025', simulated: false }
const TABLE: ImpactTable = {
  internet_users: [{ value: 10_000_000, ...FACT }],
  networks: [
    { asn: 64496, users: 2_000_000, ...FACT },
    { asn: 64497, users: 1_500_000, ...FACT },
    { asn: 64498, users: 5_000_000, ...FACT, simulated: true },
  ],
  services: [{ service: 'youtube', users: 5_000_000, ...FACT }],
  hours: [{ kind: 'profile', values: Array.from({ length: 24 }, () => 0.2), ...FACT }],
  spreads: { users: 0.3, share: 0.2, hours: 0.2, source: 'a test', as_of: '2025' },
}
const EVENING = { from: parseInstant('2025-03-05T15:00:00Z'), until: parseInstant('2025-03-05T17:00:00Z') }
const network = (asn: number, failed: number, probes: number): ImpactNetwork => ({
  asn: parseAsn(asn),
  failed,
  probes,
  inner: EVENING,
  outer: EVENING,
})
const question = (more: Partial<ImpactQuestion> = {}): ImpactQuestion => ({
  service: 'youtube',
  networks: [network(64496, 6, 6)],
  scope: 'networks',
  simulated: false,
  zone: ZONE,
  seed: 7,
  ...more,
})
const estimate = (more: Partial<ImpactQuestion> = {}, table = TABLE): Impact => {
  const found = estimateImpact(question(more), table)
  assert.ok(found)
  return found
}

describe('hoursCovered()', () => {
  it('gives the hours of a span by the local hour, and adds up to its length', () => {
    const covered = hoursCovered({ from: parseInstant('2025-03-05T15:30:00Z'), until: EVENING.until }, ZONE)
    assert.deepEqual([covered[20], covered[21]], [0.5, 1])
    assert.equal(
      covered.reduce((sum, hours) => sum + hours, 0),
      1.5,
    )
  })

  it('is empty for a span that ends before it begins', () => {
    assert.ok(hoursCovered({ from: EVENING.until, until: EVENING.from }, ZONE).every((hours) => hours === 0))
  })
})

describe('activeShare()', () => {
  it('lies between the busiest hour and all hours apart', () => {
    const covered = hoursCovered(EVENING, ZONE)
    const { least, most, hours } = activeShare(
      covered,
      Array.from({ length: 24 }, () => 0.2),
    )
    assert.equal(least, 0.2)
    assert.ok(Math.abs(most - 0.36) < 1e-12)
    assert.ok(Math.abs(hours - 0.4) < 1e-12)
  })
})

describe('estimateImpact()', () => {
  it('brackets users × share × hour × prevalence, and gives the same for the same seed', () => {
    const found = estimate({ networks: [network(64496, 60, 60)] })
    const centre = 2_000_000 * 0.5 * 0.2
    assert.ok(found.atLeast < centre && centre < found.atMost)
    assert.deepEqual(estimate({ networks: [network(64496, 60, 60)] }), found)
    assert.notEqual(estimate({ networks: [network(64496, 60, 60)], seed: 8 }).atLeast, found.atLeast)
  })

  it('is surer of the lower bound with more probes that agree', () => {
    const bounds = [1, 3, 10, 50].map((probes) => estimate({ networks: [network(64496, probes, probes)] }).atLeast)
    assert.deepEqual(
      bounds,
      bounds.toSorted((a, b) => a - b),
    )
  })

  it('adds a network that nothing touched to the upper bound alone', () => {
    const found = estimate({ networks: [network(64496, 0, 6)] })
    assert.equal(found.atLeast, 0)
    assert.equal(found.personHours.atLeast, 0)
    assert.ok(found.atMost > 0)
  })

  it('lets a network without a figure of users, and networks that were not measured, enter only the upper bound', () => {
    const alone = estimate()
    const strange = estimate({ networks: [network(64496, 6, 6), network(64511, 6, 6)] })
    const country = estimate({ scope: 'country' })
    for (const wider of [strange, country]) {
      assert.ok(wider.atMost > alone.atMost)
      assert.ok(Math.abs(wider.atLeast / alone.atLeast - 1) < 0.05)
    }
    assert.equal(estimate({ networks: [network(64511, 6, 6)] }).atLeast, 0)
  })

  it('gives two figures, and never more people than use the internet', () => {
    const { atLeast, atMost, personHours } = estimate()
    for (const value of [atLeast, atMost, personHours.atLeast, personHours.atMost])
      assert.match(String(value), /^\d{2}0*$/)
    const long = { ...EVENING, until: parseInstant('2025-03-25T17:00:00Z') }
    const days = { ...network(64510, 6, 6), outer: long }
    assert.equal(estimate({ service: 'nobody-counted', networks: [days] }).atMost, 10_000_000)
  })

  it('says "at least 0" for a service with an unknown share', () => {
    const found = estimate({ service: 'telegram' })
    assert.equal(found.atLeast, 0)
    assert.ok(found.atMost > 0)
  })

  it('takes no figure of the simulated world for the real one, nor the other way', () => {
    assert.equal(estimate({ networks: [network(64498, 6, 6)] }).atLeast, 0)
    assert.equal(estimateImpact(question({ simulated: true }), TABLE), undefined)
  })

  it('calls its basis enough only with two large networks of five touched probes and a profile of hours', () => {
    const two = [network(64496, 5, 6), network(64497, 5, 6)]
    assert.equal(estimate({ networks: two }).basis, 'enough')
    assert.equal(estimate({ networks: two.slice(0, 1) }).basis, 'thin')
    assert.equal(estimate({ networks: [network(64496, 4, 4), network(64497, 5, 6)] }).basis, 'thin')
    const flat: ImpactTable = { ...TABLE, hours: [{ kind: 'flat', low: 0.05, high: 0.5, ...FACT }] }
    assert.equal(estimate({ networks: two }, flat).basis, 'thin')
  })

  it('lists a source and a date for every input', () => {
    const { inputs } = estimate()
    for (const { source, asOf } of inputs) assert.ok(source !== '' && /^\d{4}/.test(asOf))
    assert.ok(inputs.some(({ what, value }) => what === 'probes-failed:AS64496' && value === 6))
  })

  it('holds the truth between its bounds where the world is as assumed', () => {
    const random = createRandom(11)
    const runs = 300
    let [inside, below] = [0, 0]
    for (let run = 0; run < runs; run++) {
      const prevalence = drawBeta(random, 0.5, 0.5)
      const probes = 4 + Math.floor(random.next() * 8)
      const failed = countHits(random, probes, prevalence)
      if (failed === 0) continue
      const people = 2_000_000 * Math.exp(0.3 * drawNormal(random))
      const share = Math.min(1, 0.5 * Math.exp(0.2 * drawNormal(random)))
      const active = Math.min(1, 0.2 * Math.exp(0.2 * drawNormal(random)))
      // People differ from hour to hour by half: between the two extremes the bounds allow for.
      const truth = people * share * prevalence * (active + (active * (1 - active)) / 2)
      const found = estimate({ networks: [network(64496, failed, probes)], seed: run, draws: 400 })
      below++
      if (found.atLeast <= truth && truth <= found.atMost) inside++
    }
    assert.ok(inside / below >= 0.95, `${inside} of ${below}`)
  })
})

describe('incidentImpact()', () => {
  it('lets unmeasured hours enter only the upper bound of a running incident', () => {
    const running = (until: string) =>
      incidentImpact(
        {
          service: 'youtube',
          asn: parseAsn(64496),
          start: { kind: 'dated', lo95: EVENING.from, hi95: EVENING.from, bracket: [undefined, EVENING.from] },
          end: { kind: 'open', bracket: [EVENING.until, undefined] },
          running: true,
          probes: 6,
          probesFailed: 6,
          simulated: false,
          seed: 7,
        },
        TABLE,
        { zone: ZONE, until: parseInstant(until) },
      )
    const soon = running('2025-03-05T17:00:00Z')
    const late = running('2025-03-06T17:00:00Z')
    assert.ok(soon && late)
    assert.equal(late.personHours.atLeast, soon.personHours.atLeast)
    assert.ok(late.personHours.atMost > soon.personHours.atMost)
  })
})

describe('drawBeta()', () => {
  it('has the mean and variance of the law', () => {
    const random = createRandom(3)
    for (const [a, b] of [
      [0.5, 6.5],
      [6.5, 0.5],
      [3, 4],
    ] as const) {
      const drawn = Array.from({ length: 20_000 }, () => drawBeta(random, a, b))
      const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length
      const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length
      assert.ok(Math.abs(mean - a / (a + b)) < 0.01)
      assert.ok(Math.abs(variance / ((a * b) / ((a + b) ** 2 * (a + b + 1))) - 1) < 0.05)
    }
  })
})

describe('the table of figures', () => {
  it('holds no row without a source', () => {
    const bad = { ...TABLE, services: [{ service: 'youtube', users: 1, source: '', as_of: '2025', simulated: false }] }
    assert.equal(impactTableSchema.safeParse(bad).success, false)
    assert.equal(impactTableSchema.safeParse(TABLE).success, true)
  })
})

function countHits(random: Random, n: number, p: number): number {
  let hits = 0
  for (let i = 0; i < n; i++) if (random.next() < p) hits++
  return hits
}
