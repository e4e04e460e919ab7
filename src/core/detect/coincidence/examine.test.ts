import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import type { CoincidencePlan, Hypothesis } from '../../model/incident/coincidence.ts'
import type { OutsideEvent } from '../../model/tables/record.ts'
import { instant, parseAsn } from '../../model/units.ts'
import { createRandom } from '../chain/random.ts'
import { examineCoincidence, type StudiedIncident } from './examine.ts'

const START = Date.parse('2025-01-01T00:00:00Z')
/** Evening of a day of the study in Asia/Almaty (UTC+5), as an instant. */
const evening = (day: number, hour: number): number => START + day * DAY_MS + (hour - 5) * HOUR_MS

const words = (text: string) => ({ kk: text, ru: text, en: text })
const hypothesis = (id: string, over: Partial<Hypothesis> = {}): Hypothesis => ({
  id,
  label: words(id),
  kinds: ['livestream'],
  services: ['youtube'],
  networks: [],
  ...over,
})
const plan = (over: Partial<CoincidencePlan> = {}): CoincidencePlan => ({
  period: { since: '2025-01-01', until: '2025-07-01' },
  zone: 'Asia/Almaty',
  statistic: 'excess-of-onsets',
  windowHours: [-1, 3],
  sensitivityHours: [-3, 6],
  states: ['restricted', 'partly-restricted'],
  words: ['blocking', 'not-determined'],
  mergeMinutes: 60,
  linear: { step: 'day', shifts: 19 },
  level: 0.05,
  imputations: 200,
  seed: 1,
  watchedShare: 0.5,
  primary: hypothesis('streams'),
  secondary: [],
  negativeControls: [],
  stopping: 'once-at-the-end',
  ...over,
})
const event = (day: number, over: Partial<OutsideEvent> = {}): OutsideEvent => ({
  id: `stream-${day}`,
  kind: 'livestream',
  label: words('stream'),
  start: new Date(evening(day, 19.75)).toISOString(),
  source: { title: 'schedule', checked: false },
  ...over,
})
const incident = (at: number, over: Partial<StudiedIncident> = {}): StudiedIncident => ({
  service: 'youtube',
  asn: parseAsn(64500),
  state: 'restricted',
  start: {
    kind: 'dated',
    median: instant(at),
    lo50: instant(at - HOUR_MS / 20),
    hi50: instant(at + HOUR_MS / 20),
    lo95: instant(at - HOUR_MS / 8),
    hi95: instant(at + HOUR_MS / 8),
    bracket: [instant(at - HOUR_MS / 4), instant(at + HOUR_MS / 4)],
  },
  end: { kind: 'dated', median: instant(at + 2 * HOUR_MS), bracket: [undefined, undefined] },
  curve: [],
  ...over,
})

/** Half a year of evening streams and evening restrictions; the share `effect` of streams is followed by one. */
function halfAYear(effect: number): { events: OutsideEvent[]; incidents: StudiedIncident[] } {
  const random = createRandom(11)
  const days = Array.from({ length: 182 }, (_, day) => day)
  const streams = days.filter(() => random.next() < 0.36)
  const incidents = days.flatMap((day) => {
    const own = random.next() < 0.15
    const after = streams.includes(day) && random.next() < effect
    return after ? [incident(evening(day, 20.1))] : own ? [incident(evening(day, 19.2 + 2 * random.next()))] : []
  })
  return { events: streams.map((day) => event(day)), incidents }
}

describe('examineCoincidence()', () => {
  it('claims nothing where placebo services show the same, and a link where they do not', () => {
    const { events, incidents } = halfAYear(0.7)
    const primary = hypothesis('streams', { placebos: ['wikipedia'] })
    const same = incidents.map((one) => ({ ...one, service: 'wikipedia' }))
    const [alike] = [examineCoincidence(plan({ primary }), { events, incidents: [...incidents, ...same] }).primary]
    assert.equal(alike.finding, 'placebo-too')
    assert.deepEqual([alike.placebo?.weeks.observed, alike.placebo?.weeks.p], [0, 1])
    const fault = incident(evening(40, 10), { service: 'wikipedia', word: 'fault' })
    const alone = examineCoincidence(plan({ primary }), { events, incidents: [...incidents, fault] }).primary
    assert.equal(alone.finding, 'link')
    assert.equal(alone.placebo?.weeks.p, alone.weeks.p)
  })

  it('claims nothing where placebo services were not measured near the events', () => {
    const study = halfAYear(0.7)
    const primary = hypothesis('streams', { placebos: ['wikipedia'] })
    const [first, last] = [START / HOUR_MS, START / HOUR_MS + 182 * 24]
    const all = new Set(Array.from({ length: last - first }, (_, hour) => first + hour))
    const findingOf = (service: string, hours: ReadonlySet<number>) => {
      const watched = [
        { service: 'youtube', asn: parseAsn(64500), hours: all },
        { service, asn: parseAsn(64500), hours },
      ]
      return examineCoincidence(plan({ primary }), { ...study, watched }).primary.finding
    }
    assert.equal(findingOf('wikipedia', all), 'link')
    assert.equal(findingOf('wikipedla', all), 'placebo-unmeasured')
    const mornings = new Set([...all].filter((hour) => (hour + 5) % 24 < 12))
    assert.equal(findingOf('wikipedia', mornings), 'placebo-unmeasured')
    // Of a file it is not known what was measured: without any incident of it, a placebo shows nothing.
    assert.equal(examineCoincidence(plan({ primary }), study).primary.finding, 'placebo-unmeasured')
  })

  it('claims a link where restrictions follow streams', () => {
    const { primary, days, weeks } = examineCoincidence(plan(), halfAYear(0.7))
    assert.deepEqual([days, weeks], [182, 26])
    assert.equal(primary.finding, 'link')
    assert.ok(primary.weeks.p <= 0.05 && primary.linear.p <= 0.05)
    assert.ok(primary.onEvent.k / primary.onEvent.n > 0.6 && (primary.ratio.lo95 ?? 0) > 1)
    assert.ok((primary.oddsRatio.lo95 ?? 0) > 1)
    assert.ok((primary.crossover?.oddsRatio.lo95 ?? 0) > 1 && (primary.crossover?.p ?? 1) <= 0.01)
    for (const { exact = 0, claimed } of primary.power) assert.ok(claimed <= exact)
    assert.ok(primary.epoch.some(({ hours, difference, hi95 }) => hours === 1 && difference > hi95))
  })

  it('claims none where both are only things of the evening', () => {
    const { primary } = examineCoincidence(plan(), halfAYear(0))
    assert.equal(primary.finding, 'not-shown')
    assert.ok(primary.onEvent.n > 40 && primary.onsets > 15)
    // The textbook figure is fooled by the evening: it is printed as a description alone.
    assert.ok((primary.description?.p ?? 1) < 0.001)
  })

  it('says that a short period could show nothing, and with what power a longer one could', () => {
    const short = examineCoincidence(plan({ period: { since: '2025-01-01', until: '2025-03-31' } }), halfAYear(0.7))
    assert.equal(short.primary.finding, 'cannot-show')
    assert.ok(short.primary.power.every(({ claimed }) => claimed === 0))
    const long = examineCoincidence(plan(), halfAYear(0)).primary.power
    assert.ok((long[0]?.claimed ?? 0) >= 0.5 && (long[1]?.claimed ?? 0) >= 0.9, JSON.stringify(long))
  })

  it('gives the same figures for the same plan and data', () => {
    assert.deepEqual(examineCoincidence(plan(), halfAYear(0.35)), examineCoincidence(plan(), halfAYear(0.35)))
  })

  it('is not moved by incidents of other services, networks, states and words', () => {
    const { events, incidents } = halfAYear(0.35)
    const networks = [64500]
    const asked = plan({ primary: hypothesis('streams', { networks }) })
    const other = [3, 30, 60, 90].flatMap((day) => [
      incident(evening(day, 20), { service: 'telegram' }),
      incident(evening(day, 20), { asn: parseAsn(64501) }),
      incident(evening(day, 20), { state: 'insufficient' }),
      incident(evening(day, 20), { word: 'fault' }),
    ])
    assert.deepEqual(
      examineCoincidence(asked, { events, incidents: [...incidents, ...other] }),
      examineCoincidence(asked, { events, incidents }),
    )
  })

  it('counts one evening of many networks as one onset', () => {
    const { events, incidents } = halfAYear(0.35)
    const twice = incidents.map((one) => ({ ...one, asn: parseAsn(64501) }))
    const once = examineCoincidence(plan(), { events, incidents }).primary
    assert.deepEqual(examineCoincidence(plan(), { events, incidents: [...incidents, ...twice] }).primary, once)
  })

  it('counts events without an hour and starts that are not dated apart', () => {
    const { events, incidents } = halfAYear(0)
    const open = incident(evening(9, 20), { start: { kind: 'open', bracket: [undefined, instant(evening(9, 20))] } })
    const day = event(200, { start: '2025-03-01' })
    const { primary } = examineCoincidence(plan(), { events: [...events, day], incidents: [...incidents, open] })
    assert.deepEqual([primary.eventsWithoutHour, primary.openStarts, primary.events], [1, 1, events.length])
  })

  it('compares only evenings that were watched', () => {
    const { events, incidents } = halfAYear(0)
    const hours = new Set(
      Array.from({ length: 91 }, (_, day) => day).flatMap((day) =>
        [18, 19, 20, 21, 22, 23].map((hour) => Math.floor(evening(day, hour) / HOUR_MS)),
      ),
    )
    const watched = [{ service: 'youtube', asn: parseAsn(64500), hours }]
    const { onEvent } = examineCoincidence(plan(), { events, incidents, watched }).primary
    const inFirstHalf = events.filter(({ start }) => Date.parse(start) < evening(91, 0)).length
    assert.equal(onEvent.n, inFirstHalf)
  })

  it('claims of a secondary question only what remains beside the others', () => {
    const secondary = Array.from({ length: 4 }, (_, place) =>
      hypothesis(`other-${place}`, place === 0 ? {} : { services: ['telegram'] }),
    )
    const report = examineCoincidence(plan({ secondary }), halfAYear(0.7))
    assert.equal(report.primary.finding, 'link')
    const [first, second] = report.secondary
    assert.ok(first?.adjusted !== undefined && first.adjusted.benjaminiHochberg > 0.05)
    assert.equal(first.finding, 'link-alone')
    assert.equal(second?.finding, 'cannot-show')
  })
})
