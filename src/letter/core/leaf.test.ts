import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { TIERS, VOID_REASONS } from './letter.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { encodeLetterLeaf, MOST_LETTER_LEAF_BYTES, parseLetterLeaf, type LetterLeaf } from './leaf.ts'

const letter = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/)
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map(parseSha256)
const number = fc.integer({ min: 1 })
const reason = fc.constantFrom(...VOID_REASONS)
const leaves: fc.Arbitrary<LetterLeaf> = fc.oneof(
  fc.record({ kind: fc.constant('letter-version' as const), letter, version: number, sha256: digest }),
  fc.record({ kind: fc.constant('signature' as const), letter, ct: digest, tier: fc.constantFrom(...TIERS) }),
  fc.record({ kind: fc.constant('signature-void' as const), letter, ct: digest, reason }),
  fc.record({ kind: fc.constant('signature-restored' as const), letter, ct: digest }),
  fc.record({ kind: fc.constant('letter-removal' as const), letter, count: number, reason }),
  fc.record({ kind: fc.constantFrom('letter-closed' as const, 'letter-destroyed' as const), letter }),
  fc.record({ kind: fc.constant('key-change' as const), change: fc.string({ unit: 'grapheme', maxLength: 200 }) }),
)
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const invalid = { code: 'letter-leaf.invalid' }

describe('parseLetterLeaf()', () => {
  it('reads what was written, and only those very bytes', () => {
    fc.assert(
      fc.property(leaves, (leaf) => {
        fc.pre(leaf.kind !== 'key-change' || leaf.change.isWellFormed())
        const bytes = encodeLetterLeaf(leaf)
        assert.deepEqual(parseLetterLeaf(bytes), { ...leaf })
        const value = { ...leaf, v: 1 }
        assert.throws(() => parseLetterLeaf(Buffer.concat([bytes, Buffer.from(' ')])), invalid)
        assert.throws(() => parseLetterLeaf(bytesOf({ z: 1, ...value })), invalid)
        assert.throws(() => parseLetterLeaf(bytesOf({ ...value, v: 2 })), invalid)
        const reversed = Object.entries(value).sort(([a], [b]) => (a < b ? 1 : -1))
        assert.throws(() => parseLetterLeaf(bytesOf(Object.fromEntries(reversed))), invalid)
      }),
    )
  })

  it('refuses any other bytes with a sentence', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          assert.throws(() => parseLetterLeaf(bytes), invalid)
        },
      ),
    )
    const signature = { ct: 'a'.repeat(64), kind: 'signature', letter: 'ashyq', tier: 'mail', v: 1 }
    parseLetterLeaf(bytesOf(signature))
    for (const changes of [
      { tier: 'ecp' },
      { letter: 'No id' },
      { letter: '' },
      { kind: 'signed' },
      { kind: '__proto__' },
      { tier: undefined },
      { letter: 7 },
    ])
      assert.throws(() => parseLetterLeaf(bytesOf({ ...signature, ...changes })), invalid, JSON.stringify(changes))
    assert.throws(() => parseLetterLeaf(bytesOf({ ...signature, ct: 'A'.repeat(64) })), { code: 'sha256.invalid' })
    assert.throws(() => parseLetterLeaf(new Uint8Array(MOST_LETTER_LEAF_BYTES + 1)), invalid)
  })
})
