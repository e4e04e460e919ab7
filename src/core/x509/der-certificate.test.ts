import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { rootCertificates } from 'node:tls'
import fc from 'fast-check'
import { createCertificateShelf } from '../../../lab/history/certificates.ts'
import { bits, explicit, octets, oid, sequence, setOf, text, time, truth } from '../../../lab/history/der.ts'
import { REAL_SAMPLES, SAMPLES } from '../../../test/kit/measured/samples.ts'
import * as kit from '../../../test/kit/net/certificates.ts'
import type { CertificateFacts } from '../model/measured/observation.ts'
import { readCertificate } from './der-certificate.ts'
import { digestsOf, x509Facts } from '../../runtime/x509-facts.ts'

type Der = Uint8Array

/** What node:crypto says of the same bytes; undefined where it takes them for no certificate. */
function nodeFacts(der: Buffer): CertificateFacts | undefined {
  try {
    const x509 = new X509Certificate(der)
    return x509Facts(x509, x509.raw)
  } catch {
    return undefined
  }
}

/** Whether the key is one at all: a point on its curve. Our reader looks at its length alone. */
function keyReads(der: Buffer): boolean {
  try {
    return new X509Certificate(der).publicKey.type === 'public'
  } catch {
    return false
  }
}

/** Equal facts, or none; whether there are any, and the issuer is another than the subject. */
function agrees(der: Buffer): boolean {
  const own = readCertificate(der)
  if (own !== undefined) {
    const selfSigned = own.facts.selfSigned && keyReads(der)
    assert.deepEqual({ ...own.facts, ...digestsOf(der), selfSigned }, nodeFacts(der), der.toString('base64'))
  }
  return own !== undefined && !own.selfIssued
}

const tagged = (tag: number, content: Der): Buffer => {
  const { length } = content
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Uint8Array.of(tag, ...head), content])
}
const bytes = (value: string): Der => new TextEncoder().encode(value)
const CN = '2.5.4.3'
const O = '2.5.4.10'
const part = (id: string, value: Der): Der => setOf(sequence(oid(id), value))
const named = (...parts: readonly Der[]): Der => sequence(...parts)
const extension = (id: string, value: Der, critical: readonly Der[] = []): Der =>
  sequence(oid(id), ...critical, octets(value))
const SAN = '2.5.29.17'
const dnsNames = (...names: readonly string[]): Der =>
  extension(SAN, sequence(...names.map((name) => tagged(0x82, bytes(name)))))
const AUTHORITY = extension('2.5.29.19', sequence(truth), [truth])

const KEY = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' })
const ED25519 = sequence(oid('1.3.101.112'))
interface Shape {
  readonly version?: readonly Der[]
  readonly serial?: Der
  readonly issuer?: Der
  readonly validity?: Der
  readonly subject?: Der
  readonly key?: Der
  readonly extensions?: readonly Der[]
  readonly signature?: Der
}
const YEAR_2025 = Date.UTC(2025, 0, 1)
const always = sequence(time(YEAR_2025), time(Date.UTC(2026, 0, 1)))

/** A certificate of any shape; it is not signed. */
function certificate(shape: Shape = {}): Buffer {
  const body = sequence(
    ...(shape.version ?? [explicit(0, tagged(0x02, Uint8Array.of(2)))]),
    shape.serial ?? tagged(0x02, Uint8Array.of(0x12, 0x34)),
    ED25519,
    shape.issuer ?? named(part(CN, text('Authority')), part(O, text('Org'))),
    shape.validity ?? always,
    shape.subject ?? named(part(CN, text('www.example.com'))),
    shape.key ?? KEY,
    ...(shape.extensions?.length === 0
      ? []
      : [explicit(3, sequence(...(shape.extensions ?? [dnsNames('a.example')])))]),
  )
  return Buffer.from(sequence(body, ED25519, shape.signature ?? bits(new Uint8Array(64))))
}

function sampleCertificates(): readonly Buffer[] {
  const found = new Set<string>()
  for (const { bytes } of SAMPLES)
    for (const match of bytes.toString().matchAll(/"(MI[\w+/\\=]{200,})"/g)) found.add(match[1]!.replaceAll('\\', '')) // the pattern has one group
  return [...found].map((base64) => Buffer.from(base64, 'base64'))
}

/** Both made up, and as issued. */
const USUAL = [kit.LEAF, kit.INTERMEDIATE, kit.FORGED_LEAF, kit.NO_AUTHORITY, kit.LEAF_OF_NO_AUTHORITY].map((base64) =>
  Buffer.from(base64, 'base64'),
)
const ISSUED = rootCertificates.map((pem) => new X509Certificate(pem).raw)

describe('readCertificate()', () => {
  it('reads what node:crypto reads of the usual certificates', () => {
    for (const der of USUAL) assert.equal(agrees(der), true)
  })

  it('reads the certificates of the samples alike, all but self-issued ones without doubt', () => {
    const certificates = sampleCertificates()
    assert.ok(certificates.length >= (REAL_SAMPLES.length > 0 ? 50 : 5), String(certificates.length))
    const left = certificates.filter((der) => !agrees(der)).map((der) => new X509Certificate(der))
    for (const x509 of left) assert.ok(x509.subject === x509.issuer || x509.subject === '', x509.subject)
  })

  it('reads the certificates of the lab alike', () => {
    const shelf = createCertificateShelf(7)
    for (const kind of ['genuine', 'expired', 'state', 'portal'] as const)
      for (const base64 of shelf.chain('www.youtube.com', kind, YEAR_2025)) agrees(Buffer.from(base64, 'base64'))
    const [leaf] = shelf.chain('www.youtube.com', 'genuine', YEAR_2025)
    assert.equal(agrees(Buffer.from(leaf ?? '', 'base64')), true)
  })

  it('reads self-issued certificates alike and says that they are, with any kinds of their texts', () => {
    for (const der of ISSUED) agrees(der)
    // Roots are old, and of many shapes; most are usual all the same.
    const known = ISSUED.filter((der) => readCertificate(der) !== undefined)
    assert.ok(known.length > ISSUED.length * 0.8, `${known.length} of ${ISSUED.length}`)
    assert.equal(agrees(Buffer.from(kit.ROOT, 'base64')), false)
    const [utf8, printable] = [named(part(CN, text('Same'))), named(part(CN, tagged(0x13, bytes('Same'))))]
    assert.equal(agrees(certificate({ subject: utf8, issuer: printable })), false)
    assert.equal(agrees(certificate({ subject: utf8, issuer: named(part(CN, text('Sane'))) })), true)
  })

  const understood: Readonly<Record<string, Shape>> = {
    'no extension': { extensions: [] },
    'no alternative name': { extensions: [extension('2.5.29.14', octets(Uint8Array.of(1, 2)))] },
    'an empty subject': { subject: named() },
    'addresses as names': {
      extensions: [
        extension(
          SAN,
          sequence(tagged(0x87, Uint8Array.of(192, 0, 2, 7)), tagged(0x87, new Uint8Array(16).fill(0xab, 3, 9))),
        ),
      ],
    },
    'several names of a kind': { subject: named(part(CN, text('first')), part(CN, text('last'))) },
    'marks that are escaped': { issuer: named(part(O, text('A, "B" + C; <D>\\E')), part(CN, text('x=#y'))) },
    'Cyrillic names': {
      issuer: named(part(CN, text('Қазақстан куәлік орталығы'))),
      subject: named(part(CN, text('é'))),
    },
    'a name longer than is kept': { subject: named(part(CN, text('"'.repeat(200)))) },
    'a long serial number': { serial: tagged(0x02, new Uint8Array(20).fill(0x7f)) },
    'a serial number with its high bit set': { serial: tagged(0x02, Uint8Array.of(0, 0x80, 1)) },
    'dates after 2050': { validity: sequence(time(YEAR_2025), time(Date.UTC(2099, 11, 31, 23, 59, 59))) },
    'dates of the last century': { validity: sequence(tagged(0x17, bytes('500101000000Z')), time(YEAR_2025)) },
    'a leap day': { validity: sequence(tagged(0x17, bytes('240229000000Z')), time(YEAR_2025)) },
    'an authority': { extensions: [AUTHORITY, extension('2.5.29.15', Uint8Array.of(3, 2, 1, 6), [truth])] },
    'an authority that may not sign': { extensions: [AUTHORITY, extension('2.5.29.15', Uint8Array.of(3, 2, 5, 0xa0))] },
    'more names than are kept': {
      extensions: [dnsNames(...Array.from({ length: 600 }, (_, index) => `a${index}.example`))],
    },
  }
  for (const [what, shape] of Object.entries(understood))
    it(`understands ${what}`, () => {
      assert.equal(agrees(certificate(shape)), true)
    })

  const left: Readonly<Record<string, Shape>> = {
    'a certificate of version 1': { version: [], extensions: [] },
    'several values in one part of a name': {
      subject: named(setOf(sequence(oid(CN), text('a')), sequence(oid(O), text('b')))),
    },
    'a text in UTF-16': { subject: named(part(CN, tagged(0x1e, Uint8Array.of(0, 0x61)))) },
    'a text in Teletex': { subject: named(part(CN, tagged(0x14, Uint8Array.of(0xe9)))) },
    'text that is no UTF-8': { subject: named(part(CN, tagged(0x0c, Uint8Array.of(0xff)))) },
    'a line break in a name': { subject: named(part(CN, text('a\nCN=b'))) },
    'a blank at the edge of a name': { subject: named(part(CN, text('a '))) },
    'a negative serial number': { serial: tagged(0x02, Uint8Array.of(0x80)) },
    'a serial number of zero': { serial: tagged(0x02, Uint8Array.of(0)) },
    'a padded serial number': { serial: tagged(0x02, Uint8Array.of(0, 1)) },
    'a date that does not exist': { validity: sequence(tagged(0x17, bytes('230229000000Z')), time(YEAR_2025)) },
    'a date with an offset': { validity: sequence(tagged(0x17, bytes('2301010000+0500')), time(YEAR_2025)) },
    'a name that would be quoted': { extensions: [dnsNames('a, DNS:b')] },
    'an empty name': { extensions: [dnsNames('')] },
    'a mail address among the names': { extensions: [extension(SAN, sequence(tagged(0x81, bytes('DNS:a'))))] },
    'the same extension twice': { extensions: [dnsNames('a.example'), dnsNames('b.example')] },
    'an authority with an extension of unknown validity': {
      extensions: [AUTHORITY, extension('2.5.29.30', sequence())],
    },
    'an authority without any use': { extensions: [AUTHORITY, extension('2.5.29.15', Uint8Array.of(3, 2, 3, 4))] },
    'a key of an unusual kind': { key: sequence(sequence(oid('1.2.3')), bits(new Uint8Array(4))) },
    'unused bits in the signature': { signature: tagged(0x03, Uint8Array.of(3, 0xff)) },
  }
  for (const [what, shape] of Object.entries(left))
    it(`leaves to node:crypto ${what}`, () => {
      assert.equal(agrees(certificate(shape)), false)
    })

  it('leaves bytes behind a certificate, and PEM inside it, to node:crypto', () => {
    assert.equal(agrees(Buffer.concat([certificate(), Uint8Array.of(0)])), false)
    const pem = `\n${kit.pemOf(kit.LEAF)}`
    assert.equal(agrees(certificate({ extensions: [extension('1.2.3', bytes(pem))] })), false)
  })

  const any = fc.constantFrom(...USUAL, ...Object.values(understood).map(certificate), ...ISSUED.slice(0, 20))

  it('gives equal facts or none for bytes that were damaged, and never throws', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(any, damage, (der, changes) => {
        const damaged = Buffer.from(der)
        for (const [place, byte] of changes) damaged[place % damaged.length] = byte
        agrees(damaged)
        agrees(damaged.subarray(0, (changes[0]?.[0] ?? 0) % damaged.length))
      }),
      { numRuns: 3000 },
    )
  })

  it('gives none for an empty identifier of the key of an issuer', () => {
    for (const [content, known] of [
      [tagged(0x80, bytes('')), false],
      [tagged(0x80, bytes('01234567890123456789')), true],
    ] as const)
      assert.equal(
        readCertificate(certificate({ extensions: [extension('2.5.29.35', sequence(content))] })) !== undefined,
        known,
      )
  })

  it('gives equal facts or none where one value was replaced and every length still fits', () => {
    const change = fc.record({
      place: fc.nat(),
      tag: fc.option(fc.constantFrom(1, 2, 3, 4, 5, 6, 12, 19, 20, 22, 23, 24, 30, 0x30, 0x31, 0x80, 0x82, 0x87, 0xa0)),
      content: fc.option(fc.uint8Array({ maxLength: 6 })),
      times: fc.integer({ min: 0, max: 2 }),
    })
    fc.assert(
      fc.property(any, change, (der, wanted) => {
        agrees(replaceValue(der, wanted))
      }),
      { numRuns: 5000 },
    )
  })
})

interface Change {
  readonly place: number
  readonly tag: number | null
  readonly content: Uint8Array | null
  readonly times: number
}

/**
 * Writes the values again with one of them changed, left out or doubled; octet strings are opened where they hold
 * values.
 */
function replaceValue(der: Buffer, change: Change): Buffer {
  let values = 0
  const walk = (from: number, to: number, write: boolean): Buffer | undefined => {
    const parts: Buffer[] = []
    for (let at = from; at < to;) {
      const tag = der[at]!
      const short = der[at + 1] ?? 0x80
      const wide = short < 0x80 ? 0 : short - 0x80
      const start = at + 2 + wide
      const length = wide === 0 ? short : der.readUIntBE(at + 2, Math.min(wide, 2))
      const end = start + length
      if (wide > 2 || end > to) return undefined
      const chosen = write && values++ === change.place
      const opened = (tag & 0x20) !== 0 || (tag === 4 && walk(start, end, false) !== undefined)
      const inside = (opened ? walk(start, end, write) : undefined) ?? der.subarray(start, end)
      const made = chosen ? tagged(change.tag ?? tag, change.content ?? inside) : tagged(tag, inside)
      for (let i = 0; i < (chosen ? change.times : 1); i++) parts.push(made)
      at = end
    }
    return Buffer.concat(parts)
  }
  const whole = walk(0, der.length, true)
  if (whole === undefined || change.place < values) return whole ?? der
  return replaceValue(der, { ...change, place: change.place % values })
}
