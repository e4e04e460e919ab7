import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { revision } from '../../../test/kit/evening/revision.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { Edge, Incident } from '../../core/model/incident/incident.ts'
import { instant } from '../../core/model/units.ts'
import { matchIncidents, reviseSeries } from './revise.ts'
import type { Draft } from '../../core/derive/draft.ts'

const LATER = instant(Date.UTC(2025, 0, 16))
const about = { now: LATER, toleranceMs: 15 * MINUTE_MS, taken: new Set<string>(), erased: new Set<string>() }

const edge = (minutes: number): Edge => {
  const at = (more: number) => instant(Date.UTC(2025, 0, 15, 15) + (minutes + more) * MINUTE_MS)
  return { kind: 'dated', median: at(0), lo95: at(-2), hi95: at(2), bracket: [at(-4), at(1)] }
}
const between = (from: number, until: number, over: Partial<Incident> = {}): Incident =>
  revision({ id: `at-${from}`, start: edge(from), end: edge(until), ...over })
const draft = (from: number, until: number, over: Partial<Incident> = {}): Draft => {
  const { id: _, revision: __, revisedAt: ___, reason: ____, withdrawn: _____, ...rest } = between(from, until, over)
  return rest
}
const said = (revisions: readonly Incident[]): readonly unknown[] =>
  revisions.map(({ id, revision: number, reason, withdrawn, note }) =>
    [id, number, reason, ...(withdrawn ? ['withdrawn'] : []), ...(note === undefined ? [] : [note])].join(' '),
  )

describe('reviseSeries()', () => {
  it('names a new incident by its first failed measurement, and by another where that name is taken', () => {
    assert.deepEqual(said(reviseSeries([], [draft(0, 60)], about)), ['youtube-as64500-20250115T1501Z 1 first'])
    const taken = new Set(['youtube-as64500-20250115T1501Z'])
    assert.deepEqual(said(reviseSeries([], [draft(0, 60)], { ...about, taken })), [
      'youtube-as64500-20250115T1501Z-2 1 first',
    ])
  })

  it('publishes a running one only when its alarm was raised', () => {
    const running = { running: true, end: { kind: 'open', bracket: [undefined, undefined] } } as const
    assert.deepEqual(reviseSeries([], [draft(0, 60, running)], about), [])
    const alarm = { raisedAt: LATER, floorMet: true }
    assert.equal(reviseSeries([], [draft(0, 60, { ...running, alarm })], about).length, 1)
  })

  it('says nothing where a reader sees the same', () => {
    assert.deepEqual(reviseSeries([between(0, 60)], [draft(0, 60)], about), [])
    // An hour after its end measurements still sharpen it; later every minute counts.
    const settling = { ...about, now: instant(Date.UTC(2025, 0, 15, 17)) }
    assert.deepEqual(reviseSeries([between(0, 60)], [draft(1, 63)], settling), [])
    assert.equal(reviseSeries([between(0, 60)], [draft(1, 60)], about).length, 1)
    assert.equal(reviseSeries([between(0, 60)], [draft(0, 60, { probes: 5 })], about).length, 1)
    const rules = draft(0, 60, { rulesVersion: 'other' })
    assert.deepEqual(reviseSeries([between(0, 60)], [rules], about), [])
  })

  it('revises a finished incident when what an item of its weight counts changes', () => {
    const counting = (k: number): Partial<Incident> => ({
      cause: {
        ...revision().cause,
        items: [
          {
            item: 'stage',
            outcome: 'tls-silence-reset',
            log10Lr: 0.3,
            alone: { log10Lr: 0.3, lo95: 0.1, hi95: 0.5 },
            count: { k, n: k, probes: 3 },
            source: 'series',
          },
        ],
      },
    })
    const before = between(0, 60, counting(39))
    assert.deepEqual(reviseSeries([before], [draft(0, 60, counting(39))], about), [])
    assert.deepEqual(said(reviseSeries([before], [draft(0, 60, counting(41))], about)), ['at-0 2 late-data'])
  })

  it('revises under the same id when a time moves, for late data, and for new rules when these made the difference', () => {
    assert.deepEqual(said(reviseSeries([between(0, 60)], [draft(0, 62)], about)), ['at-0 2 late-data'])
    const rules = draft(0, 62, { rulesVersion: 'other' })
    assert.deepEqual(said(reviseSeries([between(0, 60)], [rules], about)), ['at-0 2 rules'])
    // The rules changed nothing when they came; what changes now comes from data.
    const known = { ...about, rulesKnown: true }
    assert.deepEqual(said(reviseSeries([between(0, 60)], [rules], known)), ['at-0 2 late-data'])
    const erased = new Set(['at-0'])
    assert.deepEqual(said(reviseSeries([between(0, 60)], [draft(0, 62)], { ...about, erased })), ['at-0 2 erased-data'])
  })

  it('withdraws what is gone once, and names what took its place', () => {
    assert.deepEqual(said(reviseSeries([between(0, 60)], [], about)), ['at-0 2 withdrawn withdrawn'])
    assert.deepEqual(reviseSeries([between(0, 60, { withdrawn: true, revision: 2 })], [], about), [])
    const joined = said(reviseSeries([between(0, 60), between(80, 200)], [draft(0, 200)], about))
    assert.deepEqual(joined, ['at-80 2 late-data', 'at-0 2 withdrawn withdrawn at-80'])
  })

  it('says of an incident in whose time a sender was revoked that this is why it changed, went or came back', () => {
    const revoked = { ...about, revoked: new Set(['at-0']) }
    assert.deepEqual(said(reviseSeries([between(0, 60)], [draft(0, 62)], revoked)), ['at-0 2 revoked-data'])
    assert.deepEqual(said(reviseSeries([between(0, 60)], [], revoked)), ['at-0 2 revoked-data withdrawn'])
    const gone = between(0, 60, { withdrawn: true, revision: 2 })
    assert.deepEqual(said(reviseSeries([gone], [draft(0, 60)], revoked)), ['at-0 3 revoked-data'])
    assert.deepEqual(reviseSeries([between(0, 60)], [draft(0, 60)], revoked), [])
  })

  it('takes up a withdrawn incident again', () => {
    const gone = between(0, 60, { withdrawn: true, revision: 2 })
    assert.deepEqual(said(reviseSeries([gone], [draft(0, 60)], about)), ['at-0 3 late-data'])
  })

  it('keeps ids where one incident has become two', () => {
    const revisions = said(reviseSeries([between(0, 200)], [draft(0, 60), draft(90, 200)], about))
    assert.deepEqual(revisions, ['youtube-as64500-20250115T1501Z 1 first', 'at-0 2 late-data'])
  })
})

describe('matchIncidents()', () => {
  it('does not match what lies further apart than the tolerance', () => {
    const { pairs, fresh, gone } = matchIncidents([between(0, 60)], [draft(76, 90)], 15 * MINUTE_MS)
    assert.deepEqual([pairs.length, fresh.length, gone.length], [0, 1, 1])
    assert.equal(matchIncidents([between(0, 60)], [draft(75, 90)], 15 * MINUTE_MS).pairs.length, 1)
  })
})
