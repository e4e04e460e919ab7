import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import { instant, parseAsn, parseSha256, type Instant } from '../../core/model/units.ts'
import type { KeptRun } from '../judge/judge-calls.ts'
import { AFTER_INCIDENT_MS, BEFORE_INCIDENT_MS, Keeper, type KeepReason, type Keeping } from './keep.ts'

const AT = instant(Date.UTC(2025, 0, 20, 10))
const later = (ms: number): Instant => instant(AT + ms)
const ID = parseSha256('a'.repeat(64))
const [ASN, OTHER_ASN] = [parseAsn(9198), parseAsn(9199)]
const NOTHING: Keeping = {
  before: later(DAY_MS),
  proven: 100,
  ...{ incidents: [], studies: [], checks: [], ids: new Set(), leaves: new Set(), ranges: [] },
}
const RUN: KeptRun = {
  ...{ service: 'youtube', asn: ASN, startedAt: AT, simulated: false, kind: 'reachable', scheduled: true, text: '{}' },
}
const FROM: Provenance = { id: ID, receivedAt: AT, channel: 'collector', origin: 'known:aaaaaaaaaaaaaaaa' }

/** Why it stays; undefined where it is thinned. */
function reasonOf(
  keeping: Partial<Keeping>,
  { run = {}, from = {}, leaf = 7 }: { run?: Partial<KeptRun>; from?: Partial<Provenance>; leaf?: number } = {},
): KeepReason | undefined {
  const keeper = new Keeper({ ...NOTHING, ...keeping })
  const provenance = { ...FROM, ...from }
  return keeper.byRecord(leaf, provenance) ?? keeper.byVerdict({ ...RUN, ...run }, provenance)
}
const { text: _text, ...WITHOUT_TEXT } = RUN

describe('what may be thinned', () => {
  it('thins a scheduled measurement that found the service reachable, where nothing speaks against it', () => {
    assert.equal(reasonOf({}), undefined)
  })

  it('goes by the age of the receipt, not by what a probe claims', () => {
    assert.equal(reasonOf({ before: AT }), 'recent')
    assert.equal(reasonOf({ before: later(1) }), undefined)
    assert.equal(reasonOf({ before: AT }, { run: { startedAt: later(-900 * DAY_MS) } }), 'recent')
  })

  it('keeps what no witness and no time stamp covers', () => {
    assert.equal(reasonOf({ proven: 7 }), 'unproven')
    assert.equal(reasonOf({ proven: 8 }), undefined)
  })

  it('keeps what does not count, and thins what does', () => {
    assert.equal(reasonOf({}, { from: { origin: 'new:aaaaaaaaaaaaaaaa' } }), 'not-counted')
    assert.equal(reasonOf({}, { from: { origin: 'revoked:aaaaaaaaaaaaaaaa' } }), 'not-counted')
    assert.equal(reasonOf({}, { from: { channel: 'ooni-bucket', origin: 'ooni:x' } }), undefined)
  })

  it('keeps every verdict but "reachable"', () => {
    for (const kind of ['interfered', 'unreachable', 'inconclusive', 'not-judged'] as const)
      assert.equal(reasonOf({}, { run: { kind } }), 'not-open', kind)
  })

  it('keeps what a person started', () => {
    assert.equal(reasonOf({}, { run: { scheduled: false } }), 'not-scheduled')
  })

  it('keeps what an incident, a bundle or an event of custody names', () => {
    assert.equal(reasonOf({ ids: new Set([ID]) }), 'named')
    assert.equal(reasonOf({ ids: new Set([parseSha256('b'.repeat(64))]) }), undefined)
    assert.equal(reasonOf({ leaves: new Set([7]) }), 'named')
    assert.equal(reasonOf({ leaves: new Set([8]) }), undefined)
    assert.equal(reasonOf({ ranges: [{ from: 5, until: 8 }] }), 'named')
    assert.equal(reasonOf({ ranges: [{ from: 5, until: 7 }] }), undefined)
  })

  it('keeps the service and the network of an incident near its time, and no other', () => {
    const incident = (service: string, asn: typeof ASN, from: Instant, until: Instant): Partial<Keeping> => ({
      incidents: [{ service, asn, from, until }],
    })
    const hour = later(HOUR_MS)
    for (const [service, asn] of [
      ['youtube', ASN],
      ['telegram', ASN],
      ['youtube', OTHER_ASN],
    ] as const)
      assert.equal(reasonOf(incident(service, asn, AT, hour)), 'near-incident', `${service} ${asn}`)
    assert.equal(reasonOf(incident('telegram', OTHER_ASN, AT, hour)), undefined)
    assert.equal(
      reasonOf(incident('youtube', ASN, later(BEFORE_INCIDENT_MS), later(BEFORE_INCIDENT_MS))),
      'near-incident',
    )
    assert.equal(
      reasonOf(incident('youtube', ASN, later(BEFORE_INCIDENT_MS + 1), later(BEFORE_INCIDENT_MS + 1))),
      undefined,
    )
    assert.equal(reasonOf(incident('youtube', ASN, later(-99 * DAY_MS), later(-AFTER_INCIDENT_MS))), 'near-incident')
    assert.equal(reasonOf(incident('youtube', ASN, later(-99 * DAY_MS), later(-AFTER_INCIDENT_MS - 1))), undefined)
  })

  it('trusts no clock of a probe near an incident: either time keeps it', () => {
    const incidents = [{ service: 'youtube', asn: ASN, from: AT, until: later(HOUR_MS) }]
    const before = { incidents, before: later(900 * DAY_MS) }
    assert.equal(reasonOf(before, { run: { startedAt: later(300 * DAY_MS) } }), 'near-incident')
    assert.equal(reasonOf(before, { from: { receivedAt: later(300 * DAY_MS) } }), 'near-incident')
    const both = { run: { startedAt: later(300 * DAY_MS) }, from: { receivedAt: later(300 * DAY_MS) } }
    assert.equal(reasonOf(before, both), undefined)
  })

  it('keeps what was measured within an hour of a saved check', () => {
    assert.equal(reasonOf({ checks: [later(59 * MINUTE_MS)] }), 'near-check')
    assert.equal(reasonOf({ checks: [later(-59 * MINUTE_MS)] }), 'near-check')
    assert.equal(reasonOf({ checks: [later(3 * HOUR_MS)] }), undefined)
    const received = { from: { receivedAt: later(5 * HOUR_MS) } }
    assert.equal(reasonOf({ checks: [AT] }, received), 'near-check')
  })

  it('keeps what a pre-registered list asks about in its period', () => {
    const study = (
      services: readonly string[],
      asns: readonly (typeof ASN)[],
      until = later(DAY_MS),
    ): Partial<Keeping> => ({
      studies: [{ services: new Set(services), asns: new Set(asns), from: later(-DAY_MS), until }],
    })
    assert.equal(reasonOf(study(['youtube'], [])), 'in-study')
    assert.equal(reasonOf(study(['youtube'], [ASN])), 'in-study')
    assert.equal(reasonOf(study(['youtube'], [OTHER_ASN])), undefined)
    assert.equal(reasonOf(study(['telegram'], [])), undefined)
    assert.equal(reasonOf(study(['youtube'], [], later(-1))), undefined)
  })

  it('keeps what could not be made again from what is kept', () => {
    const keeper = new Keeper(NOTHING)
    assert.equal(keeper.byVerdict(WITHOUT_TEXT, FROM), 'not-the-same')
  })
})
