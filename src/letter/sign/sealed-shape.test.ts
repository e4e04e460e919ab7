import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption'
import fc from 'fast-check'
import type { LetterKeys } from '../core/letter.ts'
import { sealLayers } from './seal.ts'
import { checkSealed, sealedLength } from './sealed-shape.ts'

const holder = { kk: 'Заңгер', ru: 'Юрист', en: 'Lawyer' }
const some = await Promise.all(
  Array.from({ length: 3 }, async () => identityToRecipient(await generateX25519Identity())),
)
const hybrid = await identityToRecipient(await generateHybridIdentity())
const keysOf = (...layers: readonly (readonly string[])[]): LetterKeys => ({
  layers: layers.map((layer) => layer.map((recipient) => ({ holder, recipient }))),
})
const [first = '', second = '', third = ''] = some

describe('checkSealed()', () => {
  const kinds = [
    keysOf([first]),
    keysOf(some),
    keysOf([hybrid]),
    keysOf([first, hybrid], [second]),
    keysOf([first], [second, third]),
    keysOf([first], [hybrid]),
  ]

  it('lets through what was sealed to the keys of the letter, of every size', async () => {
    for (const keys of kinds)
      for (const size of [512, 1024, 2048]) {
        const sealed = await sealLayers(new Uint8Array(size), keys)
        assert.equal(sealed.length, sealedLength(size, keys))
        checkSealed(sealed, keys)
      }
  })

  it('refuses what was sealed to other keys', async () => {
    const given = [keysOf([first]), keysOf([first, second]), keysOf([hybrid]), keysOf([first], [second])]
    for (const sealedTo of given)
      for (const asked of given) {
        if (sealedTo === asked) continue
        const sealed = await sealLayers(new Uint8Array(512), sealedTo)
        assert.throws(() => checkSealed(sealed, asked), { code: 'signature.sealed' })
      }
  })

  it('refuses what is not padded, or too long', async () => {
    const keys = keysOf([first])
    for (const size of [0, 1, 511, 513, 20 * 1024]) {
      const sealed = await sealLayers(new Uint8Array(size), keys)
      assert.throws(() => checkSealed(sealed, keys), { code: 'signature.sealed' }, String(size))
    }
  })

  it('refuses any bytes but with a sentence, and a header with anything in it changed in form', async () => {
    const keys = keysOf([first, second])
    const sealed = await sealLayers(new Uint8Array(512), keys)
    const header = sealedLength(0, keys) - 32
    fc.assert(
      fc.property(fc.nat(header - 1), fc.constantFrom(0, 10, 32, 45, 128, 255), (at, byte) => {
        fc.pre(sealed[at] !== byte)
        const changed = Uint8Array.from(sealed)
        changed[at] = byte
        assert.throws(() => checkSealed(changed, keys), { code: 'signature.sealed' })
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        assert.throws(() => checkSealed(bytes, keys), { code: 'signature.sealed' })
      }),
    )
  })

  const hasAge = ((): boolean => {
    try {
      execFileSync('age', ['--version'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })()
  it('lets through what the age program sealed', { skip: hasAge ? false : 'age is not installed' }, () => {
    const sealed = execFileSync('age', ['-r', first, '-r', second], { input: Buffer.alloc(1024, 0x20) })
    checkSealed(sealed, keysOf([first, second]))
  })
})
