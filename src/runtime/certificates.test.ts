import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import * as kit from '../../test/kit/net/certificates.ts'
import { parseInstant } from '../core/model/units.ts'
import { openCertificates } from './certificates.ts'

const certificates = openCertificates([kit.pemOf(kit.ROOT)])
const during = parseInstant('2025-02-01')
const after = parseInstant('2025-06-01')
const before = parseInstant('2024-12-01')

describe('describe()', () => {
  it('reads names, issuer and dates of a certificate', () => {
    const facts = certificates.describe(kit.LEAF)
    assert.equal(facts?.subjectName, 'www.example.com')
    assert.equal(facts?.issuerName, 'Example Issuing CA')
    assert.equal(facts?.issuerOrganisation, 'Example')
    assert.equal(facts?.issuerCountry, 'XX')
    assert.deepEqual(facts?.names, ['www.example.com', '*.example.net', '192.0.2.7'])
    assert.equal(facts?.notBefore, parseInstant('2025-01-01'))
    assert.equal(facts?.notAfter, parseInstant('2025-04-01'))
    assert.equal(facts?.isAuthority, false)
    assert.equal(facts?.selfSigned, false)
    assert.match(facts?.sha256 ?? '', /^[0-9a-f]{64}$/)
    assert.match(facts?.sha1 ?? '', /^[0-9a-f]{40}$/)
  })

  it('tells a self-signed authority', () => {
    assert.equal(certificates.describe(kit.ROOT)?.selfSigned, true)
    assert.equal(certificates.describe(kit.ROOT)?.isAuthority, true)
  })

  it('gives the same facts when asked again', () => {
    assert.equal(certificates.describe(kit.LEAF), certificates.describe(kit.LEAF))
  })

  it('reads again what was met once, long ago, and remembers what was met again', () => {
    const own = openCertificates([])
    const met = (n: number) => own.describe(kit.LEAF.replace(/..==$|...=$|....$/, String(1000 + n)))
    const first = own.describe(kit.LEAF)
    for (let n = 0; n < 1000; n++) met(n)
    const second = own.describe(kit.LEAF)
    assert.deepEqual(second, first)
    assert.notEqual(second, first)
    for (let n = 1000; n < 2000; n++) met(n)
    assert.equal(own.describe(kit.LEAF), second)
  })

  it('tells certificates apart that end alike', () => {
    const other = kit.LEAF.replace('MIIBwzCCAWmgAwIBAgIBAz', 'MIIBwzCCAWmgAwIBAgIBBD')
    for (const [base64, serial] of [
      [kit.LEAF, '03'],
      [other, '04'],
      [kit.LEAF, '03'],
    ] as const)
      assert.equal(certificates.describe(base64)?.serial, serial)
  })

  it('gives undefined for anything that is no certificate, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.uint8Array().map((b) => Buffer.from(b).toString('base64')),
        ),
        (text) => {
          assert.equal(certificates.describe(text), undefined)
        },
      ),
    )
    assert.equal(certificates.describe(kit.LEAF.slice(0, 400)), undefined)
    assert.equal(certificates.describe('A'.repeat(10_000_000)), undefined)
  })
})

describe('chainState()', () => {
  it('trusts a chain that reaches a pinned root while every date holds', () => {
    assert.equal(certificates.chainState([kit.LEAF, kit.INTERMEDIATE], during), 'trusted')
  })

  it('does not mind the order of the intermediates, nor a root sent along', () => {
    assert.equal(certificates.chainState([kit.LEAF, kit.ROOT, kit.INTERMEDIATE], during), 'trusted')
    assert.equal(certificates.chainState([kit.LEAF, kit.NO_AUTHORITY, kit.INTERMEDIATE, kit.ROOT], during), 'trusted')
  })

  it('says expired where all but the dates holds, before and after', () => {
    assert.equal(certificates.chainState([kit.LEAF, kit.INTERMEDIATE], after), 'expired')
    assert.equal(certificates.chainState([kit.LEAF, kit.INTERMEDIATE], before), 'expired')
  })

  it('says unanchored where an intermediate is missing', () => {
    assert.equal(certificates.chainState([kit.LEAF], during), 'unanchored')
  })

  it('says unanchored where the root is not pinned', () => {
    assert.equal(openCertificates().chainState([kit.LEAF, kit.INTERMEDIATE, kit.ROOT], during), 'unanchored')
  })

  it('says unanchored for the chain of an interceptor with its own authority', () => {
    assert.equal(certificates.chainState([kit.FORGED_LEAF, kit.FORGED_INTERMEDIATE], during), 'unanchored')
  })

  it('says broken where the genuine intermediate did not sign the leaf', () => {
    assert.equal(certificates.chainState([kit.FORGED_LEAF, kit.INTERMEDIATE], during), 'broken')
  })

  it('does not let a certificate that is no authority sign', () => {
    assert.equal(certificates.chainState([kit.LEAF_OF_NO_AUTHORITY, kit.NO_AUTHORITY], during), 'unanchored')
  })

  it('trusts a pinned root sent alone', () => {
    assert.equal(certificates.chainState([kit.ROOT], during), 'trusted')
  })

  it('says none for an empty chain and broken for garbage', () => {
    assert.equal(certificates.chainState([], during), 'none')
    assert.equal(certificates.chainState(['garbage'], during), 'broken')
    assert.equal(certificates.chainState([kit.LEAF, 'garbage', kit.INTERMEDIATE], during), 'trusted')
  })

  it('ends on a chain that repeats its certificates', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      index % 2 === 0 ? kit.FORGED_INTERMEDIATE : kit.FORGED_LEAF,
    )
    assert.equal(certificates.chainState(many, during), 'unanchored')
  })
})
