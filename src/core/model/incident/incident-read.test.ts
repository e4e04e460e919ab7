import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { revision } from '../../../../test/kit/evening/revision.ts'
import { InputError } from '../errors.ts'
import { encodeIncident } from './incident-wire.ts'
import { readIncident } from './incident-read.ts'
import { instant } from '../units.ts'

const at = (minutes: number) => instant(Date.UTC(2025, 0, 15, 15) + minutes * 60_000)

describe('readIncident()', () => {
  const incident = revision({
    start: { kind: 'dated', median: at(3), lo95: at(1), hi95: at(5), bracket: [at(2), at(4)] },
    end: { kind: 'open', bracket: [at(90), undefined] },
    mechanism: 'tls.timeout.sni',
    alarm: { raisedAt: at(20), floorMet: true },
    gaps: [{ from: at(30), until: at(60), couldHideMinutes: 12 }],
    opinions: [{ method: 'pelt', start: at(3) }],
  })

  it('gives back all that the JSON form tells', () => {
    const json: unknown = JSON.parse(JSON.stringify(encodeIncident(incident)))
    const { curve: _, slowAbove: __, reason: ___, note: ____, episode: _____, cause, ...told } = incident
    const { posterior: ______, ...toldCause } = cause
    assert.deepEqual(readIncident(json), { ...told, cause: toldCause })
  })

  it('refuses what is not of that form, with the place', () => {
    const json = encodeIncident(incident)
    for (const [wrong, place] of [
      [{ ...json, state: 'closed' }, '/state'],
      [{ ...json, start: { ...(json['start'] as object), median_utc: 'yesterday' } }, '/start/median_utc'],
      [{ ...json, surprise: 1 }, '/'],
      [null, '/'],
    ] as const)
      assert.throws(
        () => readIncident(wrong),
        (error) => error instanceof InputError && error.path === place,
      )
  })
})
