import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { revision } from '../../../test/kit/evening/revision.ts'
import { DAY_MS, HOUR_MS } from '../model/duration.ts'
import type { Edge } from '../model/incident/incident.ts'
import { instant, parseAsn, type Asn } from '../model/units.ts'
import { derivationPeriods, isBeside, looksAt } from './plan-derivation.ts'
import type { StandingOf } from './shown.ts'

const START = Date.UTC(2025, 5, 1)
const at = (hours: number) => instant(START + hours * HOUR_MS)
const edge = (hours: number): Edge => ({ kind: 'dated', median: at(hours), bracket: [at(hours - 1), at(hours + 1)] })
const KCELL = parseAsn('AS9198')
const OTHER = parseAsn('AS29355')

const lasting = (from: number, until: number, series: { service?: string; asn?: Asn } = {}): StandingOf => ({
  series: { service: 'youtube', asn: KCELL, simulated: false, ...series },
  detected: revision({ start: edge(from), end: edge(until), running: false }),
})
const own = lasting(100, 110)
const whole = { kind: 'first-reading' } as const
const settled = {
  kind: 'settled',
  state: {
    at: at(50),
    vector: [1],
    logLikelihood: 0,
    recent: [],
    controlled: true,
    lastAt: at(49),
    availability: { hours: 0, observed: 0, open: 0, use: 0, openByUse: 0 },
    settings: '',
  },
} as const

describe('looksAt()', () => {
  it('looks longer and longer after an end, and never beyond what is known', () => {
    assert.deepEqual(looksAt(own.detected, at(1000)), [at(117), at(165), at(447), at(1000)])
    assert.deepEqual(looksAt(own.detected, at(120)), [at(117), at(120)])
  })

  it('takes everything for an incident that runs', () => {
    const running = revision({ start: edge(100), end: { kind: 'open', bracket: [at(110), undefined] }, running: true })
    assert.deepEqual(looksAt(running, at(112)), [at(112)])
  })
})

describe('derivationPeriods()', () => {
  const about = { until: at(117), scheduleMinutes: 15, comparisons: ['wikipedia'] }

  it('takes the series and its comparison services from the first reading on, and all beside it around the incident', () => {
    assert.deepEqual(derivationPeriods(own, { ...about, begins: whole }), {
      series: { since: 0, until: at(117) + 1 },
      comparisons: { since: 0, until: at(117) + 1 },
      beside: { since: at(96), until: at(111) + 1 },
    })
  })

  it('begins at a settled state, but not later than two weeks before the incident', () => {
    const { series, comparisons } = derivationPeriods(own, { ...about, begins: settled })
    assert.deepEqual([series.since, comparisons?.since], [at(99) - 14 * DAY_MS, at(50) - 10 * 60_000])
  })

  it('compares a comparison service with nothing', () => {
    const { comparisons } = derivationPeriods(lasting(100, 110, { service: 'wikipedia' }), { ...about, begins: whole })
    assert.equal(comparisons, undefined)
  })
})

describe('isBeside()', () => {
  it('is everything that touches the window on the same network or of the same service', () => {
    assert.equal(isBeside(lasting(90, 102, { asn: OTHER }), own, whole), true)
    assert.equal(isBeside(lasting(90, 102, { service: 'telegram' }), own, whole), true)
    assert.equal(isBeside(lasting(90, 102, { service: 'telegram', asn: OTHER }), own, whole), false)
    assert.equal(isBeside(lasting(10, 20, { asn: OTHER }), own, whole), false)
    const simulated = lasting(90, 102, { asn: OTHER })
    assert.equal(isBeside({ ...simulated, series: { ...simulated.series, simulated: true } }, own, whole), false)
  })

  it('is, of the series itself, only what ended before a settled state', () => {
    assert.equal(isBeside(lasting(10, 20), own, whole), false)
    assert.equal(isBeside(lasting(10, 20), own, settled), true)
    assert.equal(isBeside(lasting(60, 70), own, settled), false)
  })
})
