// Each function that reads text from outside is fed hostile repeats: twice the length is at most twice the counted work.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
// First: only what is compiled after it is counted.
import { countWork } from './kit/crash/counted-steps.ts'
import { judgeBytes } from '../src/pipeline/judge/judge-bytes.ts'
import { canonicalHostname, nameCovers, registrableDomain } from '../src/core/model/hostname.ts'
import { parseCsv } from '../src/core/model/csv.ts'
import { personalTrace, withoutTraces } from '../src/core/model/personal-trace.ts'
import { hasPattern, parsePlainPattern } from '../src/core/model/plain-pattern.ts'
import { canonicalAddress, isBogon, splitEndpoint } from '../src/core/model/address.ts'
import { ANY_ADDRESS, eraseV6, scrubAddresses } from '../src/core/model/scrub-address.ts'
import { blobLength, blobText, decodeBoundedBase64 } from '../src/core/ooni/binary.ts'
import { withoutGuest, withoutSeconds } from '../src/core/ooni/encode/coarse-headers.ts'
import { scrubOwn } from '../src/core/ooni/encode/scrub-own.ts'
import { eraseBase64, eraserOf } from '../src/core/ooni/publish/erase-address.ts'
import { searchFor } from '../src/core/ooni/publish/holds-address.ts'
import { checkDepth, parseJson } from '../src/core/ooni/json.ts'
import { normaliseFailure } from '../src/core/ooni/decode/normalise-failure.ts'
import { plainLetters } from '../src/core/ooni/publish/plain-letters.ts'
import { publicForm } from '../src/core/ooni/publish/public-form.ts'
import { redactedFields } from '../src/core/ooni/publish/redacted-fields.ts'
import { splitSigned } from '../src/core/ooni/publish/signed-document.ts'
import { parseRequestUrl } from '../src/core/observe/request-url.ts'
import { nameOf } from '../src/core/observe/name.ts'
import { readCertificate } from '../src/core/x509/der-certificate.ts'
import { foldTitle, titleOf } from '../src/core/observe/title.ts'
import { InputError } from '../src/core/model/errors.ts'
import { openCertificates } from '../src/runtime/certificates.ts'
import { loadTables } from '../src/runtime/tables/tables.ts'
import { exchange, handshake, query, webMeasurement, type Json } from './kit/measured/measurement.ts'

const tools = { tables: loadTables({}), certificates: openCertificates() }
const OWN = ['95.56.10.20', '2a00:1fa0:4780:12::1'] as const
const erasers = OWN.map((own) => eraserOf(new Set([own]))).filter((one) => one !== undefined)
const wide = OWN.map((own) => eraserOf(new Set([own]), { wide: true })).filter((one) => one !== undefined)
const searches = OWN.map((own) => searchFor(own)).filter((one) => one !== undefined)
const patterns = ['a.*b.*c', '^<title>.*x', 'a+b?c*$', '[0-9]+x']
  .map(parsePlainPattern)
  .filter((one) => one !== undefined)
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const page = (keys: Json): Json => webMeasurement({ testKeys: { ...keys, client_ip: OWN[1] } })

/** What reads text from outside. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'scrubAddresses()': scrubAddresses,
  'eraseV6() of any address': (text) => eraseV6(text, ANY_ADDRESS),
  'eraserOf()': (text) => erasers.map((erase) => erase(text)),
  'eraserOf(), wide': (text) => wide.map((erase) => erase(text)),
  'eraseBase64()': (text) => erasers.map((erase) => eraseBase64(btoa(plainBytes(text)), new Set(OWN), erase)),
  'searchFor()': (text) => searches.map((holds) => holds(text, {})),
  'searchFor() in base64': (text) => searches.map((holds) => holds(btoa(plainBytes(text)), {})),
  'plainLetters()': plainLetters,
  'publicForm()': (text) =>
    publicForm(page({ x: text, [text]: 1, requests: [exchange('http://a.example/', { body: text })] })),
  'redactedFields()': (text) => redactedFields(page({ x: text })),
  'scrubOwn()': (text) => scrubOwn(page({ requests: [exchange('http://a.example/', { body: text })] }), OWN),
  'coarse headers': (text) => [withoutGuest(text), withoutSeconds(text)],
  'personalTrace()': (text) => [personalTrace(text), withoutTraces(text)],
  'parsePlainPattern()': parsePlainPattern,
  'hasPattern()': (text) => patterns.map((pattern) => hasPattern(pattern, text)),
  'canonicalHostname()': (text) => [canonicalHostname(text), registrableDomain(text), nameCovers(`*.${text}`, text)],
  'parseCsv()': (text) => parseCsv(`a,b\n${text}`),
  'canonicalAddress()': (text) => [canonicalAddress(text), isBogon(text), splitEndpoint(text)],
  'blobText()': (text) => {
    const blob = { kind: 'bytes', bytes: bytes(text), length: text.length } as const
    return [blobText(blob), blobText(blob, text), blobLength({ kind: 'text', text })]
  },
  'decodeBase64()': (text) => decodeBoundedBase64(text, text.length),
  'checkDepth()': (text) => checkDepth(bytes(text)),
  'parseJson()': (text) => parseJson(bytes(text)),
  'parseJson() of a text': (text) => parseJson(bytes(JSON.stringify(text))),
  'splitSigned()': (text) => splitSigned(`{"x":${JSON.stringify(text)},"x_signature":"AAAA"}`),
  'normaliseFailure()': (text) => normaliseFailure(text, 'dns'),
  'parseRequestUrl()': (text) => [
    parseRequestUrl(text),
    parseRequestUrl(`https://${text}/`),
    parseRequestUrl(`http://a/${text}`),
  ],
  'nameOf()': nameOf,
  'readCertificate()': (text) => readCertificate(bytes(text)),
  'titleOf()': (text) => [titleOf(text), titleOf(`<title>${text}`), titleOf(`<Title>${text}`), foldTitle(text)],
  'judgeBytes(), a page': (text) => judgeOf(exchange('http://www.example.com/', { body: text })),
  'judgeBytes(), a header': (text) =>
    judgeOf(
      exchange('http://www.example.com/', {
        headers: [
          [text, text],
          ['Location', text],
        ],
      }),
    ),
  'judgeBytes(), a failure': (text) => judgeOf(exchange('http://www.example.com/', { failure: text })),
  'judgeBytes(), a name': (text) =>
    judgeOf(exchange(`http://${text}.example/`, {}), {
      queries: [query(text, [text])],
      tls_handshakes: [handshake(text, text)],
    }),
}

const plainBytes = (text: string): string => text.replace(/[^\0-\xff]/g, '?')
const judgeOf = (request: Json, keys: Json = {}): unknown =>
  judgeBytes(bytes(JSON.stringify(webMeasurement({ testKeys: { requests: [request], ...keys } }))), tools)

/** Repeats that one function or another was slow for, or might be. */
const UNITS = [
  ...[
    ':',
    '-',
    'a:',
    '2a00:',
    '2a00:1fa0:4780:',
    '2a00-1fa0-4780-',
    '%3a',
    '%25',
    '0',
    '1.',
    '95.',
    'a.',
    'ffff:0',
    '\\',
    '\\u003',
  ],
  ...[
    '"',
    '&#4',
    '&#x',
    '=39',
    '\0',
    '\u200b',
    '\u0663',
    'H4sI',
    'OTUu',
    'A',
    'ab',
    'a@',
    ' ',
    '\n',
    '<title',
    '</',
    '>',
    '<a ',
  ],
  ...[
    'charset ',
    '<meta ',
    'http://',
    '/',
    '?',
    '[',
    ']',
    '{"a":',
    ', ',
    '"a",',
    '(',
    '*',
    '+',
    '8 7',
    '0x',
    '1e',
    'a1',
    '*.',
    '\ud800',
  ],
] as const

const SHORT = 500
/** An InputError is an answer as well. */
function ask(read: (text: string) => unknown, text: string): unknown {
  try {
    return read(text)
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

/** Twice as much added, at most twice the work added; a fifth and a few thousand more for where a cut falls. */
function assertLinear(read: (text: string) => unknown, make: (length: number) => string, what: string): void {
  const work = (length: number): number => countWork('/src/', () => ask(read, make(length)))
  let found = ''
  // What the engine compiles meanwhile is counted less exactly: what grows too much three times over does so by itself.
  for (let round = 0; round < 3; round++) {
    // What is done for any length is taken off, so that what grows is compared. An empty text would not show it: it
    // takes other branches.
    const [base, once, twice] = [work(SHORT), work(2 * SHORT), work(3 * SHORT)]
    const [grown, doubled] = [Math.max(0, once - base), twice - base]
    if (doubled <= 2.2 * grown + 12_000) return
    found = `${grown} for one length, ${doubled} for two`
  }
  assert.fail(`${what}: ${found}`)
}

describe('text from outside: twice the length is at most twice the counted work', () => {
  for (const [name, read] of Object.entries(READERS))
    it(name, () => {
      for (const unit of UNITS) ask(read, unit.repeat(300)) // tables that are made once are there before it is counted
      for (const unit of UNITS) {
        const make = (length: number): string => unit.repeat(Math.ceil(length / unit.length))
        assertLinear(read, make, `${name} of ${JSON.stringify(unit)}`)
      }
    })

  it('any of them, for repeats of what chance puts together', () => {
    const unit = fc.array(fc.constantFrom(...UNITS), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.entries(READERS)),
        unit,
        unit,
        unit,
        ([name, read], before, middle, behind) => {
          const make = (length: number): string => before + middle.repeat(Math.ceil(length / middle.length)) + behind
          assertLinear(read, make, `${name} of ${JSON.stringify([before, middle, behind])}`)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('countWork()', () => {
  it('tells what is quadratic', () => {
    const cuts = (text: string): void => {
      for (let rest = text; rest !== ''; rest = rest.slice(1)) rest.includes('\u0001')
    }
    assert.throws(() => assertLinear(cuts, (length) => 'a'.repeat(length), 'cuts'), /for two/)
    const trimmed = (text: string): unknown => text.replace(/\s+$/, '')
    assert.throws(() => assertLinear(trimmed, (length) => `${' '.repeat(length)}a`, 'trimmed'), /for two/)
  })

  it('lets pass what is linear', () => {
    const words = (text: string): unknown => text.split(' ').map((word) => word.trim().replace(/^a+|b/g, ''))
    assertLinear(words, (length) => 'a b '.repeat(length / 4), 'words')
  })
})
