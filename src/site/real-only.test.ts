import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryWarehouse } from '../../test/kit/stores/memory-warehouse.ts'
import { sampleId, sampleRows } from '../../test/kit/site/site-sample.ts'
import { instant, parseAsn } from '../core/model/units.ts'
import { realOnly } from './real-only.ts'

const EVER = { since: instant(0), until: instant(Date.UTC(2100, 0, 1)) }
const ID = sampleId('youtube', 0, 0)

describe('the warehouse of a public server', () => {
  it('has every real row', async () => {
    const stored = memoryWarehouse(sampleRows(false))
    const shown = realOnly(stored)
    assert.deepEqual(await shown.matrix(EVER), await stored.matrix(EVER))
    const real = { ...EVER, simulated: false }
    assert.deepEqual(await shown.recent(real), await stored.recent(real))
    assert.deepEqual(await shown.measuredHours(real), await stored.measuredHours(real))
    assert.equal((await shown.measurement(ID))?.provenance.id, ID)
    assert.ok((await shown.series('youtube', parseAsn(64496), EVER)).length > 0)
  })

  it('has no simulated one', async () => {
    const shown = realOnly(memoryWarehouse(sampleRows(true)))
    assert.deepEqual(await shown.matrix(EVER), [])
    assert.deepEqual(await shown.recent({ ...EVER, simulated: true }), [])
    assert.deepEqual(await shown.measuredHours({ ...EVER, simulated: true }), [])
    assert.deepEqual(await shown.series('youtube', parseAsn(64496), EVER), [])
    assert.equal(await shown.measurement(ID), undefined)
  })
})
