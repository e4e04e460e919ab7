import { DAY_MS, HOUR_MS } from '../../../src/core/model/duration.ts'
import { reviewAt, type ReviewAct } from '../../../src/core/model/incident/review.ts'
import { instant, parseInstant } from '../../../src/core/model/units.ts'
import type { ReadableIncidents } from '../../../src/site/incident/route.ts'
import type { SiteReviews } from '../../../src/site/incident/reviewed.ts'
import { SAMPLE_KINDS } from './incident-sample.ts'

const NOW = parseInstant('2026-03-06T06:00:00Z')

const act = (
  nth: number,
  incident: string,
  more: Partial<ReviewAct> & Pick<ReviewAct, 'kind' | 'reason'>,
): ReviewAct => ({
  id: (0x5eed0000 + nth).toString(16).padEnd(32, '0'),
  incident,
  revision: 1,
  role: 'editor',
  actor: 'editor-2',
  lang: 'en',
  at: instant(NOW - (9 - nth) * HOUR_MS),
  ...more,
})

const { throttled, partly, openStart } = SAMPLE_KINDS
const ACTS: readonly ReviewAct[] = [
  act(0, throttled.id, { kind: 'note', reason: 'Желі иесі жоспарлы жұмыс туралы хабарлады.', lang: 'kk' }),
  act(1, throttled.id, {
    kind: 'dispute',
    reason: 'The same slowness was seen on other services of the network that evening.',
    actor: 'moderator-1',
    role: 'moderator',
  }),
  act(2, partly.id, {
    kind: 'hold',
    reason: 'Проверяется, не менялся ли в тот вечер план нумерации сети.',
    lang: 'ru',
    until: instant(NOW + 3 * DAY_MS),
  }),
  act(3, openStart.id, { kind: 'withdraw', reason: 'The devices belonged to one office with a filter of its own.' }),
]
const [, , , asked] = ACTS
const CONFIRMED: readonly ReviewAct[] = [
  ...ACTS,
  act(4, openStart.id, {
    kind: 'confirm',
    reason: 'The owner of the office confirmed the filter.',
    role: 'lawyer',
    actor: 'lawyer-1',
    ...(asked === undefined ? {} : { of: asked.id }),
  }),
]

/** What people did with incidents of the evening: a note and a dispute, a hold of one person, a confirmed withdrawal. */
export function sampleReviews(journal: Pick<ReadableIncidents, 'current' | 'revisions'>): SiteReviews {
  const of: SiteReviews['of'] = (id) =>
    reviewAt(
      CONFIRMED.filter(({ incident }) => incident === id),
      NOW,
    )
  const ids = [...new Set(CONFIRMED.map(({ incident }) => incident))]
  return { of, all: () => ids.map((incident) => ({ incident, review: of(incident) })), journal }
}
