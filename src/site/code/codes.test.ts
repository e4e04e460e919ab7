import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { SAMPLE_KINDS, sampleRevisions } from '../../../test/kit/evening/incident-sample.ts'
import { checkCode } from '../../core/evidence/check-code.ts'
import { millis, parseInstant } from '../../core/model/units.ts'
import { codeOf, IncidentCodes, minuteText, readMinute, readTypedCode, serviceCode } from './codes.ts'
import { digestOf } from '../incident/around.ts'

const AT = parseInstant('2026-03-05 16:10:00')

describe('check codes', () => {
  it('of a revision are the first bits of the digest of its canonical JSON', async () => {
    assert.equal(await codeOf(SAMPLE_KINDS.finished), checkCode(await digestOf(SAMPLE_KINDS.finished)))
  })

  it('are read as people type them', () => {
    const incident = { kind: 'incident', code: 'K7M4-2Q9X' }
    for (const typed of ['K7M4-2Q9X', 'k7m42q9x', ' k7m4 2q9x ', 'K7M4–2Q9X'])
      assert.deepEqual(readTypedCode(typed), incident)
    const service = { kind: 'service', service: 'youtube', at: AT, code: 'K7M4-2Q9X' }
    for (const typed of ['YOUTUBE-20260305T1610Z-K7M4-2Q9X', 'youtube 20260305t1610z k7m4 2q9x'])
      assert.deepEqual(readTypedCode(typed), service)
    assert.deepEqual(readTypedCode(serviceCode('proton-vpn', AT, 'K7M4-2Q9X')), { ...service, service: 'proton-vpn' })
  })

  it('are refused where they are none', () => {
    for (const typed of ['', 'K7M4', 'K7M4-2Q9U', 'YOUTUBE-20260230T1610Z-K7M4-2Q9X', 'a'.repeat(5000), '<script>'])
      assert.equal(readTypedCode(typed), undefined, typed.slice(0, 40))
  })

  it('write a minute as they read it', () => {
    assert.equal(minuteText(AT), '20260305T1610Z')
    assert.equal(readMinute(minuteText(AT)), AT)
    assert.equal(readMinute('20260305T2560Z'), undefined)
  })
})

describe('the index of codes', () => {
  it('finds every revision that was ever published, and new ones when the index is no longer fresh', async () => {
    const clock = { at: 0 }
    const store = memoryIncidents(sampleRevisions())
    const codes = new IncidentCodes({ journal: store, shown: store }, { monotonic: () => millis(clock.at) })
    for (const one of sampleRevisions())
      assert.deepEqual(await codes.find(await codeOf(one)), [{ id: one.id, revision: one.revision }])
    const next = { ...SAMPLE_KINDS.running, revision: 2, reason: 'new-data' as const }
    await store.publish([next], [])
    clock.at += 60_000
    assert.deepEqual(await codes.find(await codeOf(next)), [{ id: next.id, revision: 2 }])
    assert.deepEqual(await codes.find('0000-0000'), [])
  })
})
