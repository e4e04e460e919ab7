import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  SAMPLE_KINDS,
  sampleEpisode,
  sampleIncident,
  sampleRevisions,
} from '../../../../test/kit/evening/incident-sample.ts'
import { instant } from '../units.ts'
import { entriesOf, entryBegan, entryGoesOn, lastOf, reaches, entrySpan } from './entries.ts'
import type { Incident } from './incident.ts'

const newest = [...new Map(sampleRevisions().map((one) => [one.id, one])).values()]
const idsOf = (entries: ReturnType<typeof entriesOf>): readonly (readonly string[])[] =>
  entries.map(({ incidents }) => incidents.map(({ id }) => id))
const moved = (base: Incident, id: string, hours: number): Incident => {
  const by = (at: number | undefined): Incident['revisedAt'] => instant((at ?? 0) + hours * 3_600_000)
  const edge = (one: Incident['start']): Incident['start'] => ({
    ...one,
    bracket: [one.bracket[0] && by(one.bracket[0]), one.bracket[1] && by(one.bracket[1])],
    ...(one.median === undefined ? {} : { median: by(one.median) }),
  })
  return { ...base, id, start: edge(base.start), end: edge(base.end), revisedAt: by(base.revisedAt) }
}

describe('entries of a list', () => {
  it('are one for an episode, earliest incident first, and one for each other incident', () => {
    const entries = entriesOf(newest, [sampleEpisode])
    assert.equal(entries.length, newest.length - 2)
    const found = entries.find(({ episode }) => episode === sampleEpisode.id)
    assert.deepEqual(
      found?.incidents.map(({ id }) => id),
      sampleEpisode.incidents,
    )
    assert.equal(found?.total, 3)
    assert.deepEqual(
      entriesOf(newest, []).map(({ episode, total }) => [episode, total]),
      newest.map(() => [undefined, 1]),
    )
  })

  it('are ongoing ones first, then newest start first', () => {
    const { finished, running } = SAMPLE_KINDS
    const list = [moved(finished, 'later', 30), finished, moved(finished, 'earlier', -30), running]
    assert.deepEqual(idsOf(entriesOf(list, [])), [[running.id], ['later'], [finished.id], ['earlier']])
    for (const entries of [entriesOf(list, []), entriesOf(list.toReversed(), [])]) {
      const begun = entries.filter((one) => !entryGoesOn(one)).map(entryBegan)
      assert.deepEqual(
        begun,
        begun.toSorted((a, b) => b - a),
      )
    }
  })

  it('have of an episode only what a list is about, and say how many it has in all', () => {
    const [entry, ...others] = entriesOf(newest, [sampleEpisode], ({ service }) => service === 'facebook')
    assert.deepEqual(
      [entry?.incidents.length, entry?.episode, entry?.total, others.length],
      [1, sampleEpisode.id, 3, 0],
    )
  })

  it('leave out of an episode what was withdrawn and what is not shown; what is left alone is no episode', () => {
    const [first = '', second = ''] = sampleEpisode.incidents
    const withdrawn = newest.map((one) => (one.id === first ? { ...one, withdrawn: true } : one))
    const of = (list: readonly Incident[]): ReturnType<typeof entriesOf>[number] | undefined =>
      entriesOf(list, [sampleEpisode]).find(({ incidents }) => incidents.some(({ id }) => id === second))
    assert.deepEqual([of(withdrawn)?.incidents.length, of(withdrawn)?.total], [2, 2])
    const held = newest.filter(({ id }) => id !== first && id !== sampleEpisode.incidents[2])
    assert.deepEqual([of(held)?.incidents.length, of(held)?.episode], [1, undefined])
  })

  it('end with the incident that ends last: one that continues, then one without a known end', () => {
    const { finished, running } = SAMPLE_KINDS
    const open = sampleIncident({ id: 'open', end: { kind: 'open', bracket: [finished.end.bracket[0], undefined] } })
    const later = moved(finished, 'later', 1)
    assert.equal(lastOf([later, finished]).id, 'later')
    assert.equal(lastOf([later, open, finished]).id, 'open')
    assert.equal(lastOf([later, running, open]).id, running.id)
    const span = entrySpan({ incidents: [finished, later], total: 2 })
    assert.deepEqual([span.start, span.end], [finished.start, later.end])
  })

  it('reach a period as far as the bounds of start and end do', () => {
    const { finished, running } = SAMPLE_KINDS
    const [lo, hi] = [finished.start.lo95 ?? 0, finished.end.hi95 ?? 0]
    assert.ok(reaches(finished, { from: hi, until: hi + 1 }) && reaches(finished, { from: lo - 1, until: lo + 1 }))
    assert.ok(!reaches(finished, { from: hi + 1, until: hi + 2 }) && !reaches(finished, { from: lo - 2, until: lo }))
    assert.ok(reaches(running, { from: hi + 9e9, until: hi + 9e10 }))
  })
})
