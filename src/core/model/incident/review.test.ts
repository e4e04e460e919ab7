import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { sampleIncident } from '../../../../test/kit/evening/incident-sample.ts'
import { DAY_MS, HOUR_MS } from '../duration.ts'
import { instant, parseInstant } from '../units.ts'
import {
  asReviewed,
  changesByTime,
  decodeReview,
  encodeReview,
  MAY_REVIEW,
  refuseReview,
  REVIEW_ACTS,
  REVIEW_ROLES,
  reviewAt,
  type ReviewAct,
  type ReviewActKind,
} from './review.ts'

const START = parseInstant('2026-11-01T08:00:00Z')
const at = (ms: number) => instant(START + ms)
const idOf = (nth: number): string => nth.toString(16).padStart(32, '0')

/** Acts in the order given; `of` is the place of an earlier one. */
function acts(
  ...given: readonly (Partial<Omit<ReviewAct, 'of' | 'at'>> & {
    readonly kind: ReviewActKind
    readonly after?: number
    readonly of?: number
  })[]
): readonly ReviewAct[] {
  return given.map(({ after = 0, of, ...rest }, nth) => ({
    id: idOf(nth),
    incident: 'one',
    revision: 1,
    role: 'editor',
    actor: 'ed-1',
    reason: 'because of this',
    lang: 'en',
    at: at(after),
    ...(of === undefined ? {} : { of: idOf(of) }),
    ...rest,
  }))
}
const hold = (hours: number) => ({ kind: 'hold' as const, until: at(hours * HOUR_MS) })
const other = { actor: 'ed-2' }
const standingAt = (list: readonly ReviewAct[], ms: number): string => reviewAt(list, at(ms)).standing
const statesAt = (list: readonly ReviewAct[], ms: number): readonly string[] =>
  reviewAt(list, at(ms)).acts.map(({ state }) => state)

describe('reviewAt()', () => {
  it('lets a note and a dispute take nothing from the public', () => {
    assert.equal(standingAt(acts({ kind: 'note' }), 1), 'none')
    const disputed = acts({ kind: 'note' }, { kind: 'dispute', role: 'moderator' })
    assert.equal(standingAt(disputed, 400 * DAY_MS), 'disputed')
    const lifted = acts({ kind: 'note' }, { kind: 'dispute' }, { kind: 'lift', of: 1, after: 5 })
    assert.equal(standingAt(lifted, 6), 'none')
  })

  it('holds at once, and lets a hold that no second person confirms lapse after a day', () => {
    const list = acts(hold(72))
    assert.deepEqual([standingAt(list, 1), standingAt(list, DAY_MS - 1)], ['held', 'held'])
    assert.deepEqual([standingAt(list, DAY_MS), statesAt(list, DAY_MS)], ['none', ['lapsed']])
    assert.equal(reviewAt(list, at(1)).by?.ends, at(DAY_MS))
  })

  it('lets a confirmed hold last until its time, and no longer', () => {
    const list = acts(hold(72), { kind: 'confirm', of: 0, after: HOUR_MS, ...other })
    assert.deepEqual([standingAt(list, 71 * HOUR_MS), standingAt(list, 72 * HOUR_MS)], ['held', 'none'])
    assert.deepEqual(statesAt(list, 72 * HOUR_MS), ['ended', 'done'])
  })

  it('does not let one person keep an incident from the public by holds in a row', () => {
    const list = acts(hold(20), { ...hold(60), after: 25 * HOUR_MS, ...other }, { ...hold(240), after: 9 * DAY_MS })
    assert.deepEqual(statesAt(list.slice(0, 2), 26 * HOUR_MS), ['ended', 'waits'])
    assert.equal(standingAt(list, 9 * DAY_MS + 1), 'held')
    assert.equal(standingAt(list.slice(0, 2), 26 * HOUR_MS), 'none')
    const [confirm] = acts({ kind: 'confirm', after: 26 * HOUR_MS, actor: 'ed-3' })
    const confirmed = [...list.slice(0, 2), { ...confirm!, id: idOf(7), of: idOf(1) }] // one was asked for
    assert.equal(standingAt(confirmed, 27 * HOUR_MS), 'held')
  })

  it('withdraws only when a second person has confirmed it in time', () => {
    const asked = acts({ kind: 'withdraw' })
    assert.deepEqual([standingAt(asked, 1), statesAt(asked, 1)], ['none', ['waits']])
    assert.deepEqual(statesAt(asked, 7 * DAY_MS), ['lapsed'])
    const confirmed = acts({ kind: 'withdraw' }, { kind: 'confirm', of: 0, after: DAY_MS, role: 'lawyer', ...other })
    assert.equal(standingAt(confirmed, 400 * DAY_MS), 'withdrawn')
    assert.deepEqual(reviewAt(confirmed, at(2 * DAY_MS)).by?.confirmed, {
      by: 'ed-2',
      role: 'lawyer',
      at: at(DAY_MS),
    })
    const late = acts({ kind: 'withdraw' }, { kind: 'confirm', of: 0, after: 8 * DAY_MS, ...other })
    assert.deepEqual(statesAt(late, 9 * DAY_MS), ['lapsed', 'void'])
  })

  it('takes no confirmation from the same person, however the pseudonym is written', () => {
    for (const actor of ['ed-1', 'ED 1', 'ed_1', 'ｅｄ-1']) {
      const list = acts({ kind: 'withdraw' }, { kind: 'confirm', of: 0, after: 1, actor })
      assert.deepEqual([standingAt(list, 2), statesAt(list, 2)], ['none', ['waits', 'void']], actor)
    }
  })

  it('gives the strongest of what is in force', () => {
    const list = acts({ kind: 'dispute' }, hold(20), { kind: 'withdraw' }, { kind: 'confirm', of: 2, ...other })
    assert.equal(standingAt(list, 1), 'withdrawn')
    assert.equal(standingAt(list.slice(0, 3), 1), 'held')
    assert.equal(standingAt(list.slice(0, 3), 21 * HOUR_MS), 'disputed')
  })

  it('never takes anything from the public for longer than a day by the acts of one person, in any order', () => {
    const act = fc.record({
      kind: fc.constantFrom(...REVIEW_ACTS),
      role: fc.constantFrom(...REVIEW_ROLES),
      hours: fc.integer({ min: 0, max: 400 }),
      step: fc.integer({ min: 0, max: 20 }),
      of: fc.nat(12),
    })
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (drawn) => {
        let clock = 0
        const list = drawn.map(({ kind, role, hours, step, of }, nth): ReviewAct => {
          clock += step * HOUR_MS
          const [one] = acts({ kind, role, after: clock })
          return {
            ...one!, // one for each
            id: idOf(nth),
            ...(kind === 'hold' ? { until: at(clock + hours * HOUR_MS) } : {}),
            ...(kind === 'confirm' || kind === 'lift' ? { of: idOf(of) } : {}),
          }
        })
        let taken = 0
        for (let hour = 0; hour < clock / HOUR_MS + 400; hour++) {
          const known = list.filter((one) => one.at <= at(hour * HOUR_MS))
          const { standing } = reviewAt(known, at(hour * HOUR_MS))
          assert.notEqual(standing, 'withdrawn')
          taken = standing === 'held' ? taken + 1 : 0
          assert.ok(taken <= 24, `${taken} hours`)
        }
      }),
      { numRuns: 150 },
    )
  })
})

describe('refuseReview()', () => {
  const now = at(HOUR_MS)
  const draft = { incident: 'one', revision: 1, role: 'editor', actor: 'ed-2', reason: 'a b', lang: 'en' } as const

  it('says why an act is not possible', () => {
    const before = acts(hold(72), { kind: 'note' }, { kind: 'withdraw' })
    const why = (more: object) => refuseReview({ ...draft, kind: 'note', ...more }, { acts: before, now })
    assert.equal(why({}), undefined)
    assert.equal(why({ kind: 'hold', role: 'moderator', until: at(9 * HOUR_MS) }), 'role')
    assert.equal(why({ kind: 'hold' }), 'until')
    assert.equal(why({ kind: 'hold', until: at(0) }), 'until')
    assert.equal(why({ kind: 'hold', until: at(16 * DAY_MS) }), 'until')
    assert.equal(why({ until: at(2 * HOUR_MS) }), 'until')
    assert.equal(why({ kind: 'confirm' }), 'of')
    assert.equal(why({ kind: 'confirm', of: idOf(1) }), 'of')
    assert.equal(why({ kind: 'dispute', of: idOf(0) }), 'of')
    assert.equal(why({ kind: 'confirm', of: idOf(2) }), undefined)
    assert.equal(why({ kind: 'confirm', of: idOf(2), actor: 'Ed 1' }), 'same-person')
    const confirmed = [...before, ...acts({ kind: 'confirm', of: 0, ...other })].map((one, nth) => ({ ...one, id: idOf(nth) })) // prettier-ignore
    const again = { ...draft, kind: 'confirm', actor: 'ed-3', of: idOf(0) } as const
    assert.equal(refuseReview(again, { acts: confirmed, now }), 'twice')
    assert.equal(refuseReview(again, { acts: before, now: at(2 * DAY_MS) }), 'closed')
  })

  it('lets a moderator take nothing from the public', () => {
    assert.deepEqual(
      REVIEW_ACTS.filter((kind) => MAY_REVIEW[kind].includes('moderator')),
      ['note', 'dispute'],
    )
  })
})

describe('the custody event of an act', () => {
  it('gives the act back, and nothing for another event', () => {
    const [act] = acts({ ...hold(5), of: 3 })
    const event = {
      format: 'kuager-custody/1',
      id: act!.id, // one was asked for
      type: 'reviewed',
      evidence: { kind: 'incident', id: 'one' },
      at: '2026-11-01T08:00:00Z',
      actor: 'ed-1',
      reason: 'because of this',
      prev: null,
      detail: encodeReview(act!), // one was asked for
      key: '',
      signature: '',
    } as const
    assert.deepEqual(decodeReview(event), act)
    assert.equal(decodeReview({ ...event, type: 'opened' }), undefined)
    assert.equal(decodeReview({ ...event, evidence: { kind: 'case', id: 'one' } }), undefined)
    assert.equal(decodeReview({ ...event, detail: { ...event.detail, act: 'delete' } }), undefined)
  })
})

describe('changesByTime()', () => {
  it('rises when an act ends or lapses without another act', () => {
    const list = acts(hold(5), { kind: 'withdraw' })
    const rises = [1, 5 * HOUR_MS, 7 * DAY_MS].map((ms) => changesByTime(list, at(ms)))
    assert.deepEqual(rises, [0, 1, 2])
  })
})

describe('asReviewed()', () => {
  it('leaves out what is on hold, and withdraws what people withdrew without a change of anything that was found', () => {
    const incident = sampleIncident({})
    assert.equal(asReviewed(incident, reviewAt(acts(hold(5)), at(1))), undefined)
    assert.equal(asReviewed(incident, reviewAt(acts({ kind: 'dispute' }), at(1))), incident)
    const list = acts({ kind: 'withdraw' }, { kind: 'confirm', of: 0, after: 9, ...other })
    const shown = asReviewed(incident, reviewAt(list, at(10)))
    assert.deepEqual(
      [shown?.withdrawn, shown?.reason, shown?.note, shown?.revisedAt],
      [true, 'review', 'because of this', at(9)],
    )
    assert.deepEqual([shown?.cause, shown?.revision, shown?.start], [incident.cause, incident.revision, incident.start])
  })
})
