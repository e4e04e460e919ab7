import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleCause, sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { WEEK_MS } from '../../core/model/duration.ts'
import { anchor } from '../../core/model/incident/bounds.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import type { SeriesKey } from '../../store/warehouse/contract.ts'
import { countWatched } from './count-watched.ts'

const withPairs = (log10E: number, service = 'youtube') =>
  sampleIncident({ service, cause: sampleCause({ pairs: { named: 9, discordant: 9, log10E } }) })
const at = anchor(withPairs(1))!.valueOf() // the sample is dated

const key = (service: string, weeks = 1): SeriesKey => ({
  service,
  asn: parseAsn(64500),
  simulated: true,
  count: 1,
  insertion: 1,
  earliest: instant(at - (weeks - 1) * WEEK_MS),
  latest: instant(at),
})

describe('countWatched()', () => {
  it('counts series, weeks, alarms and withdrawn ones, and the false incidents of all series together', () => {
    const list = [withPairs(1), sampleIncident({ withdrawn: true }), sampleIncident({ id: 'x' })]
    const found = countWatched([key('youtube'), key('telegram', 4)], list)
    assert.deepEqual([found.series, found.seriesWeeks], [2, 5])
    assert.equal(found.alarms, list.filter(({ alarm }) => alarm !== undefined).length)
    assert.ok(found.alarmsWithdrawn <= found.alarms)
    assert.ok(Math.abs(found.falseAYear - 0.88) < 1e-12)
  })

  it('lets the pairs of a series stand only against all weeks watched', () => {
    const four = withPairs(Math.log10(20 * 4) + 0.01)
    assert.equal(countWatched([key('youtube', 4)], [four]).pairsStanding, 1)
    assert.equal(countWatched([key('youtube', 5)], [four]).pairsStanding, 0)
    assert.equal(countWatched([key('youtube', 4)], [{ ...four, withdrawn: true }]).pairsStanding, 0)
    // Two incidents of one week are one.
    assert.equal(countWatched([key('youtube', 4)], [four, { ...four, id: 'other' }]).pairsStanding, 1)
  })
})
