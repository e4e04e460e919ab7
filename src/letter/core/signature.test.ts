import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { signatureSchema } from './letter.ts'
import {
  encodeReceipt,
  encodeSignature,
  formatReceipt,
  parseReceipt,
  receiptDigest,
  recipientFingerprint,
} from './signature.ts'

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

describe('encodeSignature()', () => {
  const signature = signatureSchema.parse({
    format: 'kuager-signature/1',
    letter: 'open',
    version: 1,
    consent: 1,
    name: 'Әсел Ұлықбек',
    region: 'KZ-75',
    show_name: false,
    lang: 'kk',
  })

  it('has a length that is a multiple of 512 bytes and reads as the same signature', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (comment) => {
        fc.pre(comment.isWellFormed() && comment.length <= 600)
        const bytes = encodeSignature({ ...signature, comment })
        assert.equal(bytes.length % 512, 0)
        assert.ok(bytes.length > 0)
        assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes)), { ...signature, comment })
      }),
    )
  })

  it('has the same length for a short and a long name', () => {
    const lengths = ['Ян', 'Александра-Мария Константинопольская'].map(
      (name) => encodeSignature({ ...signature, name }).length,
    )
    assert.equal(lengths[0], lengths[1])
  })
})

describe('a receipt', () => {
  it('is read as it was written, however it was typed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.boolean(), (random, lower) => {
        const code = encodeReceipt(random)
        const shown = formatReceipt(code)
        assert.match(shown, /^KR(?:-[0-9A-Z]{1,5}){6}$/)
        assert.equal(parseReceipt(lower ? shown.toLowerCase().replaceAll('-', ' – ') : shown), code)
        assert.equal(parseReceipt(code.replaceAll('0', 'o').replaceAll('1', 'l')), code)
      }),
    )
  })

  it('is another for other bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (a, b) => {
          fc.pre(Buffer.compare(a, b) !== 0)
          assert.notEqual(encodeReceipt(a), encodeReceipt(b))
        },
      ),
    )
  })

  it('is refused where it is none', () => {
    for (const text of ['', 'KR-', 'KR-12345', 'U'.repeat(26), '8'.repeat(26), '0'.repeat(27), '0'.repeat(1000)])
      assert.throws(() => parseReceipt(text), { code: 'receipt.invalid' })
    assert.throws(() => encodeReceipt(new Uint8Array(15)), { code: 'receipt.invalid' })
  })

  it('is known by the digest of its characters alone', async () => {
    const code = encodeReceipt(new Uint8Array(16).fill(255))
    assert.equal(code, '7ZZZZZZZZZZZZZZZZZZZZZZZZZ')
    assert.equal(await receiptDigest(code, sha256), createHash('sha256').update(code).digest('hex'))
  })
})

it('recipientFingerprint() is half of a digest in groups of four', async () => {
  const text = await recipientFingerprint('age1example', sha256)
  assert.match(text, /^(?:[0-9a-f]{4} ){7}[0-9a-f]{4}$/)
  assert.ok(createHash('sha256').update('age1example').digest('hex').startsWith(text.replaceAll(' ', '')))
})
