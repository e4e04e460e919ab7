import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { revision } from '../../../test/kit/evening/revision.ts'
import { instant } from '../model/units.ts'
import { asPublished } from './as-published.ts'

describe('asPublished()', () => {
  const at = (minutes: number) => instant(Date.UTC(2025, 0, 15, 15) + minutes * 60_000)
  const edge = {
    kind: 'dated' as const,
    median: at(2.6),
    flatMedian: at(2.4),
    lo50: at(1.9),
    hi50: at(3.1),
    lo95: at(-0.2),
    hi95: at(6),
    bracket: [at(1.3), at(2.7)] as const,
  }

  it('gives intervals to the minute, outwards, and leaves the times of measurements as they are', () => {
    const { start } = asPublished(revision({ start: edge }))
    assert.deepEqual(start, {
      ...edge,
      median: at(3),
      flatMedian: at(2),
      lo50: at(1),
      hi50: at(4),
      lo95: at(-1),
      hi95: at(6),
    })
  })

  it('leaves out what an open edge has not, and changes nothing the second time', () => {
    const once = asPublished(revision({ start: { kind: 'open', bracket: [undefined, at(1.5)] }, pOneEpisode: 0.98765 }))
    assert.deepEqual(once.start, { kind: 'open', bracket: [undefined, at(1.5)] })
    assert.equal(once.pOneEpisode, 0.988)
    assert.deepEqual(asPublished(once), once)
  })
})
