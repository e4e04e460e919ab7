import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HOUR_MS } from '../../src/core/model/duration.ts'
import type { Alarm, DetectedIncident, Edge } from '../../src/core/model/incident/incident.ts'
import type { Reading } from '../../src/core/model/measured/reading.ts'
import { instant } from '../../src/core/model/units.ts'
import { scoreSeries } from './score.ts'
import type { SeriesScore } from './score.ts'
import type { Simulated } from './simulate.ts'
import { summarize } from './summary.ts'

const reading = (hours: number, probe: string, target: 'ok' | 'fail', control: 'ok' | 'fail' = 'ok'): Reading => ({
  at: instant(hours * HOUR_MS),
  probe,
  target,
  control,
  canary: 'ok',
  artefact: false,
  scheduled: true,
})

/** Three devices, a reading each at every half hour of two days; a restriction from 20 to 22 o'clock of the first. */
function series(blocks = [{ from: 20 * HOUR_MS, until: 22 * HOUR_MS, long: false }]): Simulated {
  const failing = (at: number): boolean =>
    blocks.some(({ from, until }) => from <= at * HOUR_MS && at * HOUR_MS < until)
  return {
    readings: Array.from({ length: 96 }, (_, half) =>
      ['p1', 'p2', 'p3'].map((probe) => reading(half / 2, probe, failing(half / 2) ? 'fail' : 'ok')),
    ).flat(),
    truth: {
      from: 0,
      until: 48 * HOUR_MS,
      kind: 'evening',
      probes: 3,
      part: 'full',
      passing: 0.05,
      throttled: false,
      forged: false,
      blocks,
    },
  }
}

const edge = (median: number, half: number): Edge => ({
  kind: 'dated',
  median: instant(median * HOUR_MS),
  lo50: instant((median - half / 4) * HOUR_MS),
  hi50: instant((median + half / 4) * HOUR_MS),
  lo95: instant((median - half) * HOUR_MS),
  hi95: instant((median + half) * HOUR_MS),
  bracket: [undefined, undefined],
})

const incident = (from: number, until: number, over: Partial<DetectedIncident> = {}): DetectedIncident => ({
  state: 'restricted',
  running: false,
  start: edge(from, 0.5),
  end: edge(until, 0.5),
  episodes: 1,
  pOneEpisode: 0.99,
  probes: 3,
  probesFailed: 3,
  readings: 12,
  bursts: 12,
  burstsFailed: 12,
  share: { value: 1, lo95: 0.8, hi95: 1 },
  peak: 0.999,
  curve: [],
  gaps: [],
  opinions: [],
  seed: 1,
  ...over,
})

const alarm = (raised: number, cleared?: number): Alarm => ({
  raisedAt: instant(raised * HOUR_MS),
  ...(cleared === undefined ? {} : { clearedAt: instant(cleared * HOUR_MS) }),
  floorMet: true,
})

const score = (
  said: { incidents?: readonly DetectedIncident[]; alarms?: readonly Alarm[] },
  simulated = series(),
): SeriesScore => scoreSeries(simulated, { incidents: [], alarms: [], ...said }, { seed: 1, peak: 0.95 })

describe('scoreSeries()', () => {
  it('finds a restriction that an incident overlaps and holds its edges', () => {
    const { blocks, falseIncidents } = score({ incidents: [incident(20.2, 21.9)] })
    assert.equal(blocks[0]?.hits, 1)
    assert.deepEqual([blocks[0]?.start?.in95, blocks[0]?.end?.in95, blocks[0]?.start?.in50], [true, true, false])
    assert.equal(falseIncidents.length, 0)
  })
  it('counts an incident beside the restriction as false and the restriction as missed', () => {
    const { blocks, falseIncidents } = score({ incidents: [incident(22, 23)] })
    assert.equal(blocks[0]?.hits, 0)
    assert.equal(falseIncidents.length, 1)
  })
  it('does not count an incident without enough evidence or below the least peak, on either side', () => {
    const weak = [
      incident(20, 22, { state: 'insufficient' }),
      incident(20, 22, { peak: 0.9 }),
      incident(3, 4, { peak: 0.9 }),
    ]
    const { blocks, falseIncidents } = score({ incidents: weak })
    assert.deepEqual([blocks[0]?.hits, falseIncidents.length], [0, 0])
  })
  it('tells by how many minutes the truth lies outside an interval', () => {
    const { blocks } = score({ incidents: [incident(20.75, 22)] })
    assert.equal(blocks[0]?.start?.in95, false)
    assert.equal(Math.round(blocks[0]?.start?.outside ?? 0), 15)
  })
  it('takes an open edge within the series for an interval that does not hold the truth', () => {
    const open: Edge = { kind: 'open', bracket: [undefined, undefined] }
    const { blocks } = score({ incidents: [incident(20, 22, { start: open, end: open })] })
    assert.deepEqual([blocks[0]?.start?.in95, blocks[0]?.end?.in95], [false, false])
  })
  it('measures the delay from the true onset to the first alarm within the restriction, never before it', () => {
    assert.equal(score({ alarms: [alarm(20.5, 22)] }).blocks[0]?.delay, 2)
    assert.equal(score({ alarms: [alarm(19.5)] }).blocks[0]?.delay, 0)
    assert.equal(score({ alarms: [alarm(22.1)] }).blocks[0]?.delay, null)
    assert.equal(score({ alarms: [alarm(22.1)] }).falseAlarms, 1)
  })
  it('counts devices by informative readings of their own inside the restriction', () => {
    const { readings, truth } = series()
    const changed = readings.map((one) =>
      one.probe === 'p3' ? { ...one, control: 'fail' as const } : one.probe === 'p2' ? { ...one, probe: 'x1' } : one,
    )
    const { blocks } = score({}, { readings: changed, truth })
    assert.equal(blocks[0]?.seen, 1)
  })
})

describe('summarize()', () => {
  it('leaves out restrictions shorter than an hour and those that fewer than three devices measure', () => {
    const short = score({}, series([{ from: 20 * HOUR_MS, until: 20.9 * HOUR_MS, long: false }]))
    const unseen: SeriesScore = { ...short, blocks: short.blocks.map((block) => ({ ...block, hours: 2, seen: 2 })) }
    assert.equal(summarize([short, unseen, score({})]).blocks, 1)
  })
  it('counts a restriction without an alarm as an infinite delay in the median', () => {
    const heard = score({ incidents: [incident(20, 22)], alarms: [alarm(20.25)] })
    assert.equal(summarize([heard, heard, score({})]).medianDelay, 1)
    assert.equal(summarize([heard, score({}), score({})]).medianDelay, Infinity)
  })
  it('counts false incidents over the years of quiet series alone', () => {
    const quiet = score({ incidents: [incident(3, 4)] }, series([]))
    const other = score({ incidents: [incident(3, 4), incident(20, 22)] })
    const { falseIncidents, falsePerQuietYear, falsePerOtherYear } = summarize([quiet, other])
    assert.equal(falseIncidents, 1)
    assert.equal(Math.round(falsePerQuietYear), Math.round(365.25 / 2))
    assert.equal(Math.round(falsePerOtherYear), Math.round(365.25 / 2))
  })
})
