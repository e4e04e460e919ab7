import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { splitSigned, withSignature } from './signed-document.ts'

const SIGNATURE = `${'A'.repeat(86)}==`
const KEY = `${'B'.repeat(43)}=`
const document = (extra: Record<string, unknown> = {}): string =>
  JSON.stringify({ test_name: 'kuager', ...extra, annotations: { x_key: KEY } })

describe('a signed document', () => {
  it('gives back the text that was signed, its signature and its key', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (extra) => {
        const text = document({ extra })
        assert.deepEqual(splitSigned(withSignature(text, SIGNATURE)), { signed: text, signature: SIGNATURE, key: KEY })
      }),
    )
  })

  it('is valid JSON with the signature as its last member', () => {
    const json: unknown = JSON.parse(withSignature(document(), SIGNATURE))
    assert.ok(typeof json === 'object' && json !== null)
    assert.deepEqual(Object.entries(json).at(-1), ['x_signature', SIGNATURE])
  })

  it('is not found where the signature is missing, not last, too short or inside a string', () => {
    const signed = withSignature(document(), SIGNATURE)
    for (const text of [
      document(),
      `${signed.slice(0, -1)},"later":1}`,
      signed.replace(SIGNATURE, 'AAAA'),
      JSON.stringify({ body: `,"x_signature":"${SIGNATURE}"}`, annotations: { x_key: KEY } }),
      '',
      '}',
    ])
      assert.equal(splitSigned(text), undefined, text)
  })

  it('is not found where no key of 32 bytes is named by the annotations', () => {
    for (const annotations of [undefined, null, {}, { x_key: 7 }, { x_key: 'short' }])
      assert.equal(splitSigned(withSignature(JSON.stringify({ a: 1, annotations }), SIGNATURE)), undefined)
  })

  it('survives anything that an unknown sender sends', () => {
    fc.assert(fc.property(fc.string(), (text) => splitSigned(text) === undefined))
    fc.assert(fc.property(fc.string(), (text) => splitSigned(`${text},"x_signature":"${SIGNATURE}"}`) === undefined))
  })

  it('is not made of several lines, of nothing, or with something else than 64 bytes', () => {
    for (const [text, signature] of [
      ['{"a":\n1}', SIGNATURE],
      ['{}', SIGNATURE],
      [document(), 'AAAA'],
    ] as const)
      assert.throws(() => withSignature(text, signature), { code: 'signature.shape' })
  })
})
