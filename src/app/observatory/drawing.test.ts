import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleIncident, sampleReadings } from '../../../test/kit/evening/incident-sample.ts'
import { axisOf } from '../../site/incident/around.ts'
import { axisPicture } from '../../site/charts/axis-marks.ts'
import type { Drawing } from '../../site/charts/drawing.ts'
import { drawHere } from '../../site/charts/drawings.ts'
import { openSiteDrawing } from './drawing.ts'

describe('openSiteDrawing()', () => {
  it('draws in its thread what would be drawn here, byte for byte', async () => {
    const readings = async (): Promise<ReturnType<typeof sampleReadings>> => sampleReadings()
    const axis = await axisOf('kk', sampleIncident(), { readings, record: undefined })
    assert.ok(axis !== undefined)
    await using drawing = openSiteDrawing()
    for (const shape of ['narrow', 'broad'] as const) {
      const asked: Drawing = {
        kind: 'axis',
        lang: 'kk',
        picture: axisPicture(axis, shape),
        naming: { id: 'a', title: 'т', description: 'с', shape },
      }
      const svg = await drawing.draw(asked)
      assert.match(svg, /^<svg class="chart /)
      assert.equal(svg, await drawHere(asked))
    }
  })
})
