import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryWarehouse } from '../../../test/kit/stores/memory-warehouse.ts'
import { sampleRows } from '../../../test/kit/site/site-sample.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { instant, parseAsn, parseInstant } from '../../core/model/units.ts'
import { measuredDays } from './days.ts'

describe('measured hours of one series', () => {
  it('are those that the warehouse counts for all series', async () => {
    const warehouse = memoryWarehouse(sampleRows(true))
    const period = { since: parseInstant('2026-02-27 19:00:00'), until: parseInstant('2026-03-06') }
    const all = await warehouse.measuredHours({ ...period, simulated: true })
    for (const service of ['youtube', 'facebook', 'instagram'])
      for (const number of [64496, 64499, 64500]) {
        const of = { service, asn: parseAsn(number) }
        const own = measuredDays(of, await warehouse.series(service, of.asn, period), period.since)
        const expected = all.filter((one) => one.service === service && one.asn === of.asn)
        const sorted = (list: typeof all): typeof all => list.toSorted((a, b) => a.day - b.day)
        assert.deepEqual(sorted(own), sorted(expected), `${service} ${number}`)
      }
  })

  it('leave out what came before, and are empty for nothing', () => {
    const of = { service: 'youtube', asn: parseAsn(64496) }
    assert.deepEqual(measuredDays(of, [], instant(0)), [])
    const point = {
      id: '0'.repeat(64) as never,
      kind: 'reachable',
      log10Lr: 0,
      testName: '',
      channel: '',
      simulated: true,
    } as const
    assert.deepEqual(measuredDays(of, [{ ...point, at: instant(DAY_MS) }], instant(2 * DAY_MS)), [])
  })
})
