import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { exchange, webMeasurement, type Json } from '../../../test/kit/measured/measurement.ts'
import { wrapped } from '../../../test/kit/measured/signed-submission.ts'
import { parseInstant } from '../../core/model/units.ts'
import { readSubmission, Refused } from './read-submission.ts'

const now = parseInstant('2025-03-01 16:00:00')

function isRefused(document: string, sender: string): boolean {
  try {
    readSubmission(Buffer.from(wrapped(document)), { encoding: '', now, sender })
    return false
  } catch (error) {
    assert.ok(error instanceof Refused && error.code === 'address_in_body', String(error))
    return true
  }
}

const V4 = [95, 56, 10, 20] as const
const DOTTED = V4.join('.')
const V6 = '2a00:1fa0:4780:1234:5:6:7:8'
const BYTES_V6 = [0x2a, 0, 0x1f, 0xa0, 0x47, 0x80, 0x12, 0x34, 0, 5, 0, 6, 0, 7, 0, 8]

const base64 = (bytes: string | Uint8Array): string => Buffer.from(bytes as string).toString('base64') // either overload
const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
const each = (text: string, write: (code: number) => string): string =>
  [...text].map((char) => write(char.charCodeAt(0))).join('')
/** Digits of another script, from its zero. */
const digits = (text: string, zero: number): string =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))
const wide = (text: string): string => each(text, (code) => String.fromCodePoint(code + 0xfee0))
const integer = V4.reduce((all, byte) => all * 256 + byte, 0)
const turned = V4.toReversed().reduce((all, byte) => all * 256 + byte, 0)

/** Spellings of the address by how an attacker names them. */
const SPELLINGS_V4: Readonly<Record<string, string>> = {
  'as usual': DOTTED,
  'with hyphens': V4.join('-'),
  'with underscores': V4.join('_'),
  'dots in brackets': V4.join('[.]'),
  'as a name of reverse DNS': `${V4.toReversed().join('.')}.in-addr.arpa`,
  'IPv4-mapped': `::ffff:${DOTTED}`,
  'IPv4-mapped, hexadecimal': '::ffff:5f38:a14',
  'IPv4-mapped, at full length': '0:0:0:0:0:ffff:5f38:0a14',
  NAT64: '64:ff9b::5f38:a14',
  '6to4': '2002:5f38:a14::1',
  'IPv4-compatible': '::5f38:a14',
  ISATAP: 'fe80::5efe:5f38:a14',
  Teredo: '2001:0:4136:e378:8000:63bf:a0c7:f5eb',
  'as one number': `${integer}`,
  'as one number, little-endian': `${turned}`,
  'as one number, octal': `0${integer.toString(8)}`,
  'as one number, hexadecimal': `0x${integer.toString(16)}`,
  'eight hexadecimal digits': '5F380A14',
  'eight hexadecimal digits, little-endian': '140a385f',
  'octal with dots': '0137.070.012.024',
  'hexadecimal with dots': '0x5f.0x38.0xa.0x14',
  'octal, hexadecimal and decimal': '0137.0x38.10.024',
  'with zeros in front': '095.056.010.020',
  'percent-encoded': each(DOTTED, (code) => `%${hex(code)}`),
  'percent-encoded twice': each(DOTTED, (code) => `%25${hex(code)}`),
  'percent-encoded dots': V4.join('%2E'),
  'decimal entities': each(DOTTED, (code) => `&#${code};`),
  'hexadecimal entities': each(DOTTED, (code) => `&#x${hex(code)};`),
  'a named entity': V4.join('&period;'),
  'entities, percent-encoded': each(DOTTED, (code) => `%26%23${code}%3B`),
  'escaped twice': each(DOTTED, (code) => `\\u00${hex(code)}`),
  'escaped by two digits': each(DOTTED, (code) => `\\x${hex(code)}`),
  'escaped in braces': each(DOTTED, (code) => `\\u{${hex(code)}}`),
  'bytes escaped': V4.map((byte) => `\\x${hex(byte)}`).join(''),
  'quoted-printable': each(DOTTED, (code) => `=${hex(code).toUpperCase()}`),
  base64: base64(DOTTED),
  'base64 of a text': base64(`ip=${DOTTED};x`),
  'base64 of a text, at another place': base64(`i=${DOTTED};x`),
  'base64 for URLs': Buffer.from(`u?>${DOTTED}`).toString('base64url'),
  'base64 behind a path': `/a/b/${base64(DOTTED)}`,
  'base64 of the bytes': base64(Uint8Array.from(V4)),
  'base64 of UTF-16': base64(Buffer.from(DOTTED, 'utf16le')),
  'base64 of base64': base64(base64(DOTTED)),
  'base64 of full width': base64(wide(DOTTED)),
  'base64 of gzip': base64(gzipSync(`your address ${DOTTED}`)),
  base32: 'HE2S4NJWFYYTALRSGA======',
  'hexadecimal of the text': Buffer.from(DOTTED).toString('hex'),
  'full width': wide(DOTTED),
  'digits of full width': digits(DOTTED, 0xff10),
  'ideographic stops': V4.join('\u3002'),
  'Arabic digits': digits(DOTTED, 0x660),
  'Devanagari digits': digits(DOTTED, 0x966),
  'characters without width': [...DOTTED].join('\u200b'),
  'soft hyphens': V4.join('.\u00ad'),
  keycaps: digits(DOTTED, 0x30).replace(/\d/g, '$&\ufe0f\u20e3'),
  'empty bytes between': [...DOTTED].join('\0'),
  'spaces around dots': V4.join(' . '),
  spaces: V4.join(' '),
  commas: V4.join(','),
  'commas and spaces': V4.join(', '),
  colons: V4.join(':'),
  slashes: V4.join('/'),
  'two dots': V4.join('..'),
  'a tag between': V4.join('.<wbr>'),
  'each in a tag': V4.map((byte) => `<b>${byte}</b>`).join('.'),
  'cells of a table': V4.map((byte) => `<td>${byte}</td>`).join(''),
  'bytes with colons': V4.map(hex).join(':'),
  'bytes with spaces': V4.map(hex).join(' '),
  'two texts added': '95.56.10." + "20',
  'with a port': `${DOTTED}:443`,
  'JSON in JSON': JSON.stringify(JSON.stringify(DOTTED)),
  'between other numbers': `1.${DOTTED}.5`,
  'in three parts': `95.56.${10 * 256 + 20}`,
  'bytes with dots, without zeros': V4.map((byte) => byte.toString(16)).join('.'),
  'bytes with colons, without zeros': V4.map((byte) => byte.toString(16)).join(':'),
  'from right to left': [...DOTTED].toReversed().join(''),
}

const SPELLINGS_V6: Readonly<Record<string, string>> = {
  'as usual': V6,
  'at full length': '2A00:1FA0:4780:1234:0005:0006:0007:0008',
  'a neighbour': '2a00:1fa0:4780:1234::9',
  'with a port': `[${V6}]:443`,
  'a name of Windows': `${V6.replaceAll(':', '-')}.ipv6-literal.net`,
  'as a name of reverse DNS': `${[...BYTES_V6.map(hex).join('')].toReversed().join('.')}.ip6.arpa`,
  'hexadecimal digits': BYTES_V6.map(hex).join(''),
  base64: base64(V6),
  'base64 of a text': base64(`ip=${V6}&`),
  'base64 of a text, at another place': base64(`i=${V6}&`),
  'base64 behind a path': `/a/b/${base64(V6)}`,
  'base64 of the bytes': base64(Uint8Array.from(BYTES_V6)),
  'percent-encoded colons': V6.replaceAll(':', '%3A'),
  'percent-encoded': each(V6, (code) => `%${hex(code)}`),
  entities: each(V6, (code) => `&#${code};`),
  'empty bytes between': [...V6].join('\0'),
  'with a dotted end': '2a00:1fa0:4780:1234:5:6:0.7.0.8',
  'as one number': BigInt(`0x${BYTES_V6.map(hex).join('')}`).toString(),
  'bytes with colons': BYTES_V6.map(hex).join(':'),
  'bytes with spaces': BYTES_V6.map(hex).join(' '),
  'colons of full width': V6.replaceAll(':', '\uff1a'),
  'full width': wide(V6),
  underscores: V6.replaceAll(':', '_'),
  'with a zone': `${V6}%eth0`,
  'spaces around colons': V6.replaceAll(':', ' : '),
  'as a prefix': '2a00:1fa0:4780:1234::/64',
  'escaped twice': V6.replaceAll(':', '\\u003a'),
  'hexadecimal of the text': Buffer.from(V6).toString('hex'),
}

/** Where in a document a text may be. */
const PLACES: Readonly<Record<string, (text: string) => Json>> = {
  'an annotation': (text) => webMeasurement({ annotations: { note: text } }),
  'a page': (text) =>
    webMeasurement({ testKeys: { requests: [exchange('https://a.example/', { body: `<p>${text}</p>` })] } }),
  'a page in base64': (text) =>
    webMeasurement({
      testKeys: {
        requests: [exchange('https://a.example/', { body: { format: 'base64', data: base64(`<p>${text}</p>`) } })],
      },
    }),
  'a header': (text) =>
    webMeasurement({
      testKeys: {
        requests: [exchange('https://a.example/', { status: 302, headers: [['Location', `http://x/?u=${text}`]] })],
      },
    }),
  'a key': (text) => webMeasurement({ testKeys: { [`k_${text}_`]: 1 } }),
}

const OTHER_SENDERS = ['95.56.10.21', '94.56.10.20', '2a00:1fa0:4780:1235::1']

describe('a submission that holds the address of its sender', () => {
  for (const [spellings, sender] of [
    [SPELLINGS_V4, DOTTED],
    [SPELLINGS_V6, V6],
  ] as const)
    for (const [name, text] of Object.entries(spellings))
      it(`${name} (IPv${sender === V6 ? 6 : 4}) is refused wherever it stands, and taken of others`, () => {
        const passed = Object.entries(PLACES).filter(([, make]) => !isRefused(JSON.stringify(make(text)), sender))
        assert.deepEqual(
          passed.map(([place]) => place),
          [],
        )
        for (const make of Object.values(PLACES))
          for (const other of OTHER_SENDERS) assert.ok(!isRefused(JSON.stringify(make(text)), other), other)
      })

  for (const [name, value] of Object.entries({
    'a list of numbers': [...V4],
    'four fields': { a: V4[0], b: V4[1], c: V4[2], d: V4[3] },
    'a number': integer,
    'a number with a fraction': integer + 0.5,
  }))
    it(`as ${name} is refused`, () =>
      assert.ok(isRefused(JSON.stringify(webMeasurement({ root: { x: value } })), DOTTED)))

  for (const literal of ['1.597508116e9', '1597508116.0', '15975081160e-1', '0.1597508116E+10'])
    it(`as the number ${literal} is refused`, () =>
      assert.ok(isRefused(JSON.stringify(webMeasurement()).replace(/\}$/, `,"x":${literal}}`), DOTTED)))

  it('as one number of 32 bits with a sign is refused', () => {
    const signed = (185 * 2 ** 24 + 56 * 2 ** 16 + 10 * 256 + 20) | 0
    assert.ok(isRefused(JSON.stringify(webMeasurement({ root: { x: signed } })), '185.56.10.20'))
    assert.ok(!isRefused(JSON.stringify(webMeasurement({ root: { x: signed } })), '185.56.10.21'))
  })
})
