import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { sealLayers } from '../sign/seal.ts'
import { LayerOpener, makeKeyPair, readIdentities, recipientKind, type AgeKeyPair } from './age.ts'

const holder = { kk: 'а', ru: 'б', en: 'c' }
const layersOf = (...layers: readonly AgeKeyPair[][]): Parameters<typeof sealLayers>[1] => ({
  layers: layers.map((layer) => layer.map(({ recipient }) => ({ holder, recipient }))),
})

describe('LayerOpener', () => {
  for (const hybrid of [false, true])
    it(`opens two layers by a key of each, ${hybrid ? 'hybrid' : 'X25519'}, and by none of one layer alone`, async () => {
      const [a, b, outer] = [
        await makeKeyPair({ hybrid }),
        await makeKeyPair({ hybrid }),
        await makeKeyPair({ hybrid }),
      ]
      const plain = new Uint8Array(randomBytes(512))
      const sealed = await sealLayers(plain, layersOf([a, b], [outer]))
      for (const keys of [
        [a, outer],
        [outer, b],
      ])
        assert.deepEqual(await new LayerOpener(keys).open(sealed, 2), { kind: 'opened', bytes: plain })
      assert.deepEqual(await new LayerOpener([a, b]).open(sealed, 2), { kind: 'locked', layer: 1 })
      assert.deepEqual(await new LayerOpener([outer]).open(sealed, 2), { kind: 'locked', layer: 2 })
    })

  it('tells what is damaged from what is locked, and opens nothing that was altered', async () => {
    const pair = await makeKeyPair({ hybrid: false })
    const sealed = await sealLayers(new Uint8Array(512), layersOf([pair]))
    const opener = new LayerOpener([pair])
    for (const bytes of [new Uint8Array(), sealed.subarray(0, 40), sealed.subarray(0, -1), new Uint8Array(300)])
      assert.deepEqual(await opener.open(bytes, 1), { kind: 'damaged', layer: 1 })
    for (let at = 0; at < sealed.length; at += 7) {
      const altered = sealed.map((byte, i) => (i === at ? byte ^ 1 : byte))
      assert.notEqual((await opener.open(altered, 1)).kind, 'opened', String(at))
    }
    assert.deepEqual(await opener.open(sealed, 2), { kind: 'damaged', layer: 2 })
  })
})

describe('readIdentities()', () => {
  it('reads what age-keygen writes, several in one file', async () => {
    const [a, b] = [await makeKeyPair({ hybrid: false }), await makeKeyPair({ hybrid: true })]
    const text = `# created: 2026-03-05\n# public key: ${a.recipient}\n${a.identity}\r\n\n${b.identity}\n`
    assert.deepEqual(await readIdentities(text, 'key'), [a, b])
  })

  it('refuses anything else, and repeats nothing of it', async () => {
    const { identity } = await makeKeyPair({ hybrid: false })
    for (const text of [
      '',
      '# only a remark\n',
      'age1xyz',
      `${identity.slice(0, -1)}${identity.endsWith('Q') ? 'P' : 'Q'}`,
      'age-encryption.org/v1\n-> scrypt',
    ])
      await assert.rejects(readIdentities(text, 'key'), (error: Error & { readonly code?: string }) => {
        assert.equal(error.code, 'identity.invalid')
        assert.ok(text === '' || !error.message.includes(text.slice(-20)))
        return true
      })
  })
})

describe('recipientKind()', () => {
  it('knows the two kinds, and no key that lives in a device', async () => {
    assert.equal(recipientKind((await makeKeyPair({ hybrid: false })).recipient), 'x25519')
    assert.equal(recipientKind((await makeKeyPair({ hybrid: true })).recipient), 'hybrid')
    for (const text of ['', 'age1', 'age1tag1qqq', 'age1pq1qqq', (await makeKeyPair({ hybrid: false })).identity])
      assert.equal(recipientKind(text), undefined)
  })
})
