import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeCustodyEvent } from '../../../core/evidence/custody/custody-event.ts'
import type { CustodyEvent } from '../../../core/model/custody.ts'
import { readErasure } from './edge-entries.ts'

const event = (id: string, type: CustodyEvent['type'] = 'erased'): Uint8Array =>
  encodeCustodyEvent({
    format: 'kuager-custody/1',
    id: '0'.repeat(32),
    type,
    evidence: { kind: 'measurement', id },
    at: '2026-11-25T10:00:00Z',
    actor: 'operator',
    reason: 'a person asked for it',
    prev: null,
    detail: {},
    key: 'log.invalid/a+00000000+AAAA',
    signature: 'AAAA',
  })

describe('an erasure that an edge has logged', () => {
  it('is of an entry before it', () => {
    assert.deepEqual(readErasure(event('7'), 8), { leaf: 7, reason: 'a person asked for it' })
    assert.equal(readErasure(event('7', 'opened'), 8), undefined)
  })

  it('is none where its number is of no entry before it', () => {
    for (const id of ['8', '9007199254740991', '99999999999999999999', ' ', '-1', '1e0', '0x1', '1.5', 'a'])
      assert.equal(readErasure(event(id), 8), undefined, id)
  })
})
