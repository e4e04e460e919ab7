import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { completePlan } from '../../core/detect/coincidence/plan.ts'
import { columnsOf } from '../../core/detect/chain/columns.ts'
import { defaultSettings } from '../../core/detect/chain/default-settings.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { Reading } from '../../core/model/measured/reading.ts'
import { instant, parseAsn, type Instant } from '../../core/model/units.ts'
import type { SeriesKey, SeriesName } from '../../store/warehouse/contract.ts'
import { readScheduledStudy, type StudySources } from './scheduled-study.ts'

const START = Date.parse('2025-03-01T00:00:00Z')
const asn = parseAsn(64500)
const words = { kk: 'Эфир', ru: 'Эфир', en: 'Stream' }
const plan = completePlan({
  period: { since: '2025-03-01', until: '2025-03-03' },
  primary: { id: 'streams', label: words, kinds: ['livestream'], services: ['youtube'], networks: [] },
})

/** Two days, every 15 minutes, from three probes; `restricted` says which readings fail. */
function readings(restricted: (at: number, scheduled: boolean) => boolean): readonly Reading[] {
  const made: Reading[] = []
  for (let at = START; at < START + 48 * HOUR_MS; at += 15 * MINUTE_MS)
    for (const [place, probe] of ['p1', 'p2', 'p3'].entries())
      for (const scheduled of [true, false])
        made.push({
          at: instant(at + place * MINUTE_MS + (scheduled ? 0 : 7 * MINUTE_MS)),
          probe: scheduled ? probe : `${probe} by hand`,
          target: restricted(at, scheduled) ? 'fail' : 'ok',
          control: 'ok',
          canary: 'none',
          artefact: false,
          scheduled,
        })
  return made
}

function sources(all: readonly Reading[]): StudySources {
  const key = (service: string, simulated: boolean): SeriesKey => ({
    service,
    asn,
    simulated,
    count: all.length,
    earliest: instant(START),
    latest: instant(START + 48 * HOUR_MS),
    insertion: 1,
  })
  return {
    warehouse: {
      seriesKeys: () => Promise.resolve([key('youtube', false), key('telegram', false), key('youtube', true)]),
      readingColumns: (of: readonly SeriesName[], { since, until }: { since: Instant; until: Instant }) =>
        Promise.resolve(
          of
            .filter(({ service }) => service === 'youtube')
            .map((series) => ({ ...series, columns: columnsOf(all.filter(({ at }) => at >= since && at < until)) })),
        ),
    },
    published: [],
    comparisons: ['wikipedia'],
    settings: defaultSettings({ draws: 400 }),
    simulated: false,
    signal: new AbortController().signal,
  }
}

const evening = (at: number): boolean => at >= START + 15 * HOUR_MS && at < START + 17 * HOUR_MS

describe('readScheduledStudy()', () => {
  it('finds the incidents of scheduled readings of the series that were asked about, and the hours they cover', async () => {
    const study = await readScheduledStudy(plan, sources(readings(evening)))
    const found = study.incidents.filter(({ state }) => state === 'restricted')
    assert.deepEqual([study.watched.length, found.length], [1, 1])
    assert.ok(Math.abs((found[0]?.start.median ?? 0) - (START + 15 * HOUR_MS)) < 20 * MINUTE_MS)
    assert.deepEqual([found[0]?.service, found[0]?.asn], ['youtube', asn])
    assert.equal(study.watched[0]?.hours.size, 48)
    assert.equal(study.last, START + 48 * HOUR_MS - 13 * MINUTE_MS)
  })

  it('finds nothing in what people started by hand', async () => {
    const study = await readScheduledStudy(plan, sources(readings((at, scheduled) => !scheduled && evening(at))))
    assert.deepEqual(study.incidents, [])
  })

  it('has no last reading where nothing was measured on the schedule', async () => {
    const byHand = readings(evening).filter(({ scheduled }) => !scheduled)
    assert.deepEqual(await readScheduledStudy(plan, sources(byHand)), { incidents: [], watched: [] })
  })
})
