import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { revision } from '../../../test/kit/evening/revision.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import type { SeriesKey } from '../../store/warehouse/contract.ts'
import { planSeries } from './series-plan.ts'

const EVENING = Date.UTC(2025, 0, 15, 15)
const key = (service: string, asn: number, insertion: number): SeriesKey => ({
  service,
  asn: parseAsn(asn),
  simulated: true,
  insertion,
  count: 10,
  earliest: instant(EVENING - DAY_MS),
  latest: instant(EVENING + DAY_MS),
})
/** An evening of YouTube on AS64500; all series but one were detected up to insertion 1. */
const planned = (changed: SeriesKey, published: readonly Incident[] = [revision()], earliest?: number): string => {
  const keys = [key('youtube', 64500, 1), key('signal', 64501, 1), changed]
  const series = new Map(
    ['youtube 64500', 'signal 64501'].map((id) => [`${id} simulated`, { insertion: 1, count: 10 }]),
  )
  const fresh = new Map(
    earliest === undefined ? [] : [[`${changed.service} ${changed.asn} simulated`, instant(earliest)] as const],
  )
  const about = { scope: earliest === undefined ? 'changed' : 'new', fresh, comparisons: [], published } as const
  return planSeries(keys, { version: '', insertion: 1, series }, about)
    .map((one) => `${one.key.service} ${one.key.asn}`)
    .join(', ')
}

describe('planSeries()', () => {
  it('weighs an incident again when the same service elsewhere or another one beside it has changed', () => {
    assert.equal(planned(key('youtube', 64502, 2)), 'youtube 64500, youtube 64502')
    assert.equal(planned(key('facebook', 64500, 2)), 'youtube 64500, facebook 64500')
  })

  it('leaves it alone when what changed is neither, when it is withdrawn, or when all of the news is long after it', () => {
    assert.equal(planned(key('facebook', 64502, 2)), 'facebook 64502')
    assert.equal(planned(key('youtube', 64502, 2), [revision({ withdrawn: true })]), 'youtube 64502')
    assert.equal(planned(key('youtube', 64502, 2), [revision()], EVENING + 20 * HOUR_MS), 'youtube 64502')
    assert.equal(planned(key('youtube', 64502, 2), [revision()], EVENING + HOUR_MS), 'youtube 64500, youtube 64502')
  })
})
