import { readFileSync } from 'node:fs'
import type { CauseFinding } from '../../../src/core/model/incident/cause.ts'
import type { Edge, Episode, Incident } from '../../../src/core/model/incident/incident.ts'
import type { Reading } from '../../../src/core/model/measured/reading.ts'
import type { OutsideEvent, Source, Statement } from '../../../src/core/model/tables/record.ts'
import { evening, eveningReadings, KEPT } from './sample-evening.ts'

// An evening on invented networks: YouTube fails from 20:02 to 22:04, local time, and other services beside it. The
// measurements are made up (sample-evening.ts); what is published of them came out of the detector of this program and
// lies in test/golden, where incident-sample.test.ts compares it. Nothing of it is typed by hand.

type Line = { readonly revision: Incident } | { readonly episode: Episode }

/** JSON has null where an edge was not observed. */
const observed = (edge: Edge): Edge => ({
  ...edge,
  bracket: [edge.bracket[0] ?? undefined, edge.bracket[1] ?? undefined],
})
const dated = <T extends { readonly start: Edge; readonly end: Edge }>(one: T): T => ({
  ...one,
  start: observed(one.start),
  end: observed(one.end),
})

const lines = readFileSync(KEPT, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Line)
const REVISIONS = lines.flatMap((line) => ('revision' in line ? [dated(line.revision)] : []))
const EPISODES = lines.flatMap((line) => ('episode' in line ? [dated(line.episode)] : []))

function revisionOf(id: string, revision = 1): Incident {
  const found = REVISIONS.find((one) => one.id === id && one.revision === revision)
  if (found === undefined) throw new Error(`The evening has no revision ${revision} of "${id}"`)
  return found
}

const drawn = new Map<string, readonly Reading[]>()

/** Readings of one series on that day from noon on, all that had arrived in the end; by default of the first incident, from 19:00 on. */
export function sampleReadings(service = 'youtube', asn = 64500): readonly Reading[] {
  const key = `${service} ${asn}`
  const known =
    drawn.get(key) ?? eveningReadings(service, asn, evening(key === 'youtube 64500' ? '14:00:00' : '05:30:00'))
  drawn.set(key, known)
  return known
}

/** The incident of the evening as published first, simulated; any part of it may be changed. */
export const sampleIncident = (change: Partial<Incident> = {}): Incident => ({ ...SAMPLE_KINDS.finished, ...change })

/** Its weight of evidence; what is changed in it alone need not agree with its items. */
export const sampleCause = (change: Partial<CauseFinding> = {}): CauseFinding => ({
  ...SAMPLE_KINDS.finished.cause,
  ...change,
})

/** One incident of each kind that a page words differently. */
export const SAMPLE_KINDS = {
  finished: revisionOf('youtube-as64500-20260305T1502Z'),
  running: revisionOf('instagram-as64497-20260305T1630Z'),
  openStart: revisionOf('telegram-as64498-20260305T1403Z'),
  insufficient: revisionOf('signal-as64499-20260305T1502Z'),
  withdrawn: revisionOf('whatsapp-as64500-20260305T0702Z', 2),
  partly: revisionOf('facebook-as64496-20260305T1502Z'),
  throttled: revisionOf('youtube-as64498-20260305T1502Z'),
} satisfies Record<string, Incident>

/** Every revision of the evening: one incident had late measurements, another was withdrawn. */
export const sampleRevisions = (): readonly Incident[] => REVISIONS

/** The largest episode of the evening: several services on several networks. */
export const sampleEpisode: Episode = EPISODES.toSorted((a, b) => b.incidents.length - a.incidents.length)[0]! // it has one

const words = (kk: string, ru: string, en: string): { kk: string; ru: string; en: string } => ({ kk, ru, en })
const source: Source = { title: 'sample', published: '2026-03-05', checked: true }

/** A livestream and three statements of the evening, invented. */
export const sampleEvents: readonly OutsideEvent[] = [
  {
    id: 'sample-livestream',
    kind: 'livestream',
    label: words('Тікелей эфир', 'Прямой эфир', 'Livestream'),
    start: '2026-03-05T15:00:00Z',
    end: '2026-03-05T16:30:00Z',
    source,
  },
]
export const sampleStatements: readonly Statement[] = [
  {
    id: 'sample-user',
    at: '2026-03-05T15:15:00Z',
    speaker: 'user',
    who: words('Пайдаланушы', 'Пользователь', 'A user'),
    summary: words('VPN арқылы ашылады.', 'Через VPN открывается.', 'It opens through a VPN.'),
    source,
    claims: [],
  },
  {
    id: 'sample-operator',
    at: '2026-03-05T16:20:00Z',
    speaker: 'operator',
    who: words('Үлгі 1, баспасөз қызметі', 'Пример 1, пресс-служба', 'Example 1, press office'),
    quote: { lang: 'ru', text: 'В сети произошёл технический сбой.' },
    summary: words('Желіде техникалық ақау болды.', 'В сети был технический сбой.', 'There was a technical fault.'),
    source: { ...source, checked: false },
    claims: [],
  },
]
