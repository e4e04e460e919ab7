import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { revision } from '../../../test/kit/evening/revision.ts'
import { pooledStart } from '../../core/detect/shown/pool-onsets.ts'
import type { Draft } from '../../core/derive/draft.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { Edge, Incident } from '../../core/model/incident/incident.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import { reviseSeries } from './revise.ts'
import { revisePooled } from './revise-pooled.ts'

const RULES = '2026.11.9+000000000000'
const START = Date.UTC(2025, 0, 15, 15)
const now = instant(START + 40 * HOUR_MS)
const edge = (minutes: number): Edge => {
  const at = (more: number) => instant(START + (minutes + more) * MINUTE_MS)
  return { kind: 'dated', median: at(0), lo50: at(-4), hi50: at(4), lo95: at(-10), hi95: at(10), bracket: [at(-12), at(11)] } // prettier-ignore
}
const incident = (id: string, from: number, until: number, over: Partial<Incident> = {}): Incident =>
  revision({
    ...{ id, asn: parseAsn(64_500 + id.length), start: edge(from), end: edge(until) },
    ...{ mechanism: 'tls.timeout.sni', state: 'restricted', rulesVersion: `1 ${RULES}`, ...over },
  })
const draft = (one: Incident): Draft => {
  const { id: _, revision: __, revisedAt: ___, reason: ____, withdrawn: _____, pooledStart: ______, ...rest } = one
  return rest
}
/** With the start that the others give it. */
const pooled = (one: Incident, ...others: readonly Incident[]): Incident => ({
  ...one,
  ...(others.length > 0 && { pooledStart: pooledStart(one, others)! }), // they are near
})

/** A run that looks at the series of one published incident, of which the data show a draft or nothing any more. */
function run(published: readonly Incident[], of: Incident, drafts: readonly Draft[]): readonly Incident[] {
  const about = { now, toleranceMs: 15 * MINUTE_MS, taken: new Set<string>(), erased: new Set<string>() }
  const revise = (next: readonly Draft[]): readonly Incident[] => reviseSeries([of], next, about)
  return revisePooled(drafts, published, { revise, now, detection: RULES })
}
/** What is published after a run: its starts are those that the published others give, as a bundle derives them. */
function after(published: readonly Incident[], revisions: readonly Incident[]): readonly Incident[] {
  const all = [...new Map([...published, ...revisions].map((one) => [one.id, one])).values()]
  const standing = all.filter(({ withdrawn }) => !withdrawn)
  for (const one of standing) {
    const others = standing.filter(({ id }) => id !== one.id)
    assert.deepEqual(one.pooledStart, pooledStart(one, others), one.id)
  }
  return all
}

describe('revisePooled()', () => {
  const [short, long] = [incident('short', 0, 90), incident('longer', 6, 30 * 60)]
  const published = [pooled(short, long), pooled(long, short)]

  it('revises an incident whose own series has nothing new when the start of another moves', () => {
    const revisions = run(published, published[1]!, [draft(incident('longer', 2, 30 * 60))])
    assert.deepEqual(revisions.map(({ id, revision: number, reason }) => [id, number, reason]), [['longer', 2, 'new-data'], ['short', 2, 'late-data']]) // prettier-ignore
    after(published, revisions)
    const { pooledStart: _, ...rest } = revisions[1]!
    const { pooledStart: __, ...before } = published[0]!
    assert.deepEqual(rest, { ...before, revision: 2, revisedAt: now, reason: 'late-data' }, 'nothing else has changed')
  })

  it('takes an incident out of the starts of others when it is withdrawn', () => {
    const revisions = run(published, published[1]!, [])
    const [gone, left] = after(published, revisions).toReversed()
    assert.equal(gone!.withdrawn, true)
    assert.equal(left!.pooledStart, undefined)
    assert.equal(left!.revision, 2)
  })

  it('revises nothing where starts are as published, nor what other rules published', () => {
    assert.deepEqual(run(published, published[1]!, [draft(long)]), [])
    const { pooledStart: _, ...plain } = published[0]!
    const former = { ...plain, rulesVersion: '1 2026.10.1+000000000000' }
    assert.deepEqual(run([former, published[1]!], published[1]!, [draft(long)]), [])
  })

  it('completes what a crash left of one publication: only the first of two revisions', () => {
    const moved = draft(incident('longer', 2, 30 * 60))
    const [first] = run(published, published[1]!, [moved])
    const torn = [published[0]!, first!]
    const revisions = run(torn, first!, [moved])
    assert.deepEqual(revisions.map(({ id }) => id), ['short']) // prettier-ignore
    after(torn, revisions)
  })
})
