import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InputError } from '../../model/errors.ts'
import { ENTRY_KINDS } from '../../model/log-entry.ts'
import { parseSha256, type Sha256 } from '../../model/units.ts'
import { encodeCanonical } from '../canonical-json.ts'
import { encodeLeafRecord, parseLeafRecord } from './leaf-record.ts'

const sha256 = (...parts: readonly Uint8Array[]): Sha256 => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return parseSha256(hash.digest('hex'))
}

const record = fc.record(
  {
    kind: fc.constantFrom(...ENTRY_KINDS),
    original: fc.uint8Array().map((bytes) => sha256(bytes)),
    public: fc.uint8Array().map((bytes) => sha256(bytes)),
    size: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  },
  { noNullPrototype: true },
)

describe('encodeLeafRecord()', () => {
  it('gives the canonical record of the format', () => {
    const original = sha256(new Uint8Array(16).fill(1), Buffer.from('{}'))
    const text = Buffer.from(
      encodeLeafRecord({ kind: 'measurement', original, public: sha256(Buffer.from('{}')), size: 2 }),
    ).toString()
    assert.equal(
      text,
      '{"kind":"measurement","media":"application/json",' +
        `"original":"${createHash('sha256').update('\u0001'.repeat(16)).update('{}').digest('hex')}",` +
        `"public":"${createHash('sha256').update('{}').digest('hex')}","size":2,"v":1}`,
    )
  })

  it('writes what encodeCanonical() writes', () => {
    fc.assert(
      fc.property(record, (one) => {
        const members = { v: 1, media: 'application/json', ...one }
        assert.equal(Buffer.from(encodeLeafRecord(one)).toString(), encodeCanonical(members))
      }),
    )
  })

  it('is read back by parseLeafRecord()', () => {
    fc.assert(fc.property(record, (one) => assert.deepEqual(parseLeafRecord(encodeLeafRecord(one)), one)))
  })
})

describe('parseLeafRecord()', () => {
  it('refuses every other encoding of the same record', () => {
    const bytes = Buffer.from(encodeLeafRecord({ kind: 'measurement', original: sha256(), public: sha256(), size: 7 }))
    const text = bytes.toString()
    const others = [
      ` ${text}`,
      `${text}\n`,
      `\ufeff${text}`,
      text.replace('"size":7', '"size":7.0'),
      text.replace('"size":7', '"size":-7'),
      text.replace('"size":7', '"size":9007199254740993'),
      text.replace('"v":1', '"v":2'),
      text.replace('measurement', 'incident'),
      text.replace('"kind":"measurement",', '').replace('"v":1', '"v":1,"kind":"measurement"'),
      text.replace('"v":1', '"v":1,"w":1'),
      text.replace('"size":7', '"size":7,"size":7'),
      text.replace('application', 'applicatio\\u006e'),
      '[]',
      'null',
      '',
    ]
    for (const other of others) assert.throws(() => parseLeafRecord(Buffer.from(other)), InputError, other)
    assert.throws(() => parseLeafRecord(Buffer.concat([bytes, Buffer.from([0xff])])), InputError)
    assert.throws(() => parseLeafRecord(Buffer.alloc(65_536)), InputError)
  })

  it('refuses a record in which any one bit was turned, or reads another record from it', () => {
    const bytes = Buffer.from(encodeLeafRecord({ kind: 'measurement', original: sha256(), public: sha256(), size: 7 }))
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 7 }), (at, bit) => {
        const wrong = Buffer.from(bytes)
        wrong[at] = wrong[at]! ^ (1 << bit) // at is below the length
        let found
        try {
          found = parseLeafRecord(wrong)
        } catch (error) {
          assert.ok(error instanceof InputError)
          return
        }
        assert.deepEqual(Buffer.from(encodeLeafRecord(found)), wrong)
      }),
    )
  })
})
