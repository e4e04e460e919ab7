import { X509Certificate } from 'node:crypto'
import { it } from 'node:test'
import assert from 'node:assert/strict'
import { createCertificateShelf, type ChainKind } from './certificates.ts'

const AT = Date.UTC(2026, 9, 14, 12)
const open = (kind: ChainKind, seed = 1): readonly X509Certificate[] =>
  createCertificateShelf(seed)
    .chain('www.youtube.com', kind, AT)
    .map((der) => new X509Certificate(Buffer.from(der, 'base64')))

it('a genuine chain is for its host, in force, and signed by its second certificate', () => {
  const [leaf, authority] = open('genuine')
  assert.ok(leaf !== undefined && authority !== undefined)
  assert.equal(leaf.checkHost('www.youtube.com'), 'www.youtube.com')
  assert.equal(leaf.verify(authority.publicKey), true)
  assert.equal(authority.ca, true)
  assert.ok(Date.parse(leaf.validFrom) < AT && AT < Date.parse(leaf.validTo))
})

it('an expired chain has ended and is otherwise right', () => {
  const [leaf, authority] = open('expired')
  assert.ok(leaf !== undefined && authority !== undefined)
  assert.ok(Date.parse(leaf.validTo) < AT)
  assert.equal(leaf.verify(authority.publicKey), true)
})

it('a chain of the state authority carries the names of the recorded issuer', () => {
  const [leaf] = open('state')
  assert.equal(leaf?.issuer, 'C=KZ\nO=ISCA\nCN=Information Security Certification Authority')
})

it('a portal shows one certificate of its own name', () => {
  const chain = open('portal')
  assert.equal(chain.length, 1)
  assert.equal(chain[0]?.checkHost('www.youtube.com'), undefined)
})

it('the same seed gives the same bytes and another seed gives others', () => {
  const bytes = (seed: number): string => createCertificateShelf(seed).chain('x.com', 'genuine', AT).join()
  assert.equal(bytes(7), bytes(7))
  assert.notEqual(bytes(7), bytes(8))
})
