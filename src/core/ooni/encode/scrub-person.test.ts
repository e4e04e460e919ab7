import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hash } from 'node:crypto'
import { searchFor } from '../publish/holds-address.ts'
import { coarseHeader, withoutSeconds } from './coarse-headers.ts'
import { coarseOffset, coarseTrip } from './moment.ts'
import { scrubOwn } from './scrub-own.ts'
import { millis } from '../../model/units.ts'

const OWN = '45.11.12.13'
const OWN_6 = '2a0d:4510:1:7::2'
const base64 = (bytes: string | readonly number[]): string =>
  (typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes)).toString('base64')
const answer = (body: unknown, headers: readonly (readonly [string, string])[] = []): Record<string, unknown> => ({
  requests: [
    {
      response: { code: 200, body, headers_list: headers, headers: Object.fromEntries(headers) },
      address: '20.1.1.1:443',
    },
  ],
})
const clean = (document: unknown, own: readonly string[] = []): string => JSON.stringify(scrubOwn(document, own))

/** Ways in which a page or packet can spell an address, each without the plain one. */
const HIDDEN: Readonly<Record<string, string>> = {
  'UTF-16, little end first': [...OWN].map((letter) => `${letter}\0`).join(''),
  'UTF-16, big end first': [...OWN].map((letter) => `\0${letter}`).join(''),
  'UTF-16 of version 6': [...OWN_6].map((letter) => `${letter}\0`).join(''),
  'UTF-32': [...OWN].map((letter) => `${letter}\0\0\0`).join(''),
  'escapes of JSON': [...OWN].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join(''),
  'entities of HTML': [...OWN].map((letter) => `&#${letter.charCodeAt(0)};`).join(''),
  'entities in hexadecimal': OWN.replaceAll('.', '&#x2e;'),
  'entities by name': OWN.replaceAll('.', '&period;'),
  'percent signs': [...OWN].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join(''),
  'percent signs twice': OWN.replaceAll('.', '%252e'),
  'labels of DNS': '\x0213\x0212\x0211\x0245\x07in-addr\x04arpa',
  'spaces between': OWN.replaceAll('.', '. '),
  'nibbles of DNS': `${[...'2a0d451000010007']
    .toReversed()
    .map((digit) => `\x01${digit}`)
    .join('')}`.padStart(66, '\x010'),
}

describe('scrubOwn() and what hides an address', () => {
  for (const [how, spelling] of Object.entries(HIDDEN))
    it(`erases one that was given, written in ${how}, in a text and in bytes`, () => {
      for (const body of [`you: ${spelling}.`, { format: 'base64', data: base64(`\xff${spelling}\xff`) }]) {
        const text = clean(answer(body), [OWN, OWN_6])
        const shown = typeof body === 'string' ? JSON.stringify(spelling).slice(1, -1) : ''
        if (typeof body === 'string') assert.ok(!text.includes(shown), text)
        else assert.ok(!text.includes(body.data), text)
      }
    })

  it('erases one that was given where a resolver gives it and it was dialled', () => {
    const document = { queries: [{ answers: [{ ipv4: OWN }] }], tcp_connect: [{ ip: OWN, port: 443 }] }
    assert.ok(!clean(document, [OWN]).includes(OWN))
  })

  it('erases other addresses of the household as raw bytes', () => {
    const raw = base64([1, 0x2a, 0x0d, 0x45, 0x10, 0, 1, 0, 7, 9, 9, 9, 9, 9, 9, 9, 9, 1])
    assert.ok(!clean({ raw_response: raw }, [OWN_6]).includes(raw))
  })

  it('erases addresses of hardware however a sign-in page writes them', () => {
    const mac = '02:42:ac:11:00:0f'
    for (const spelling of [mac, '02-42-AC-11-00-0F', '0242.ac11.000f', '0242ac11000f', '02%3A42%3Aac%3A11%3A00%3A0f'])
      assert.ok(!clean({ note: `seen ${spelling} here` }, [mac]).includes(spelling), spelling)
  })

  it('erases neighbours at home that a resolver gives, and keeps private addresses of elsewhere', () => {
    const text = clean({ queries: [{ answers: [{ ipv4: '192.168.7.53' }, { ipv4: '10.10.34.34' }] }] }, ['192.168.7.9'])
    assert.ok(!text.includes('192.168.7.53') && text.includes('10.10.34.34'))
  })
})

describe('scrubOwn() without a given address', () => {
  it('erases any public address that a page, a header, a packet or bytes in place of TLS name', () => {
    const packet = base64(`\0\x05\0\0\x0c${OWN}`)
    const text = clean({
      ...answer(`<title>Hello ${OWN}</title> or ${OWN_6}`, [['X-Whoever', `for=${OWN}`]]),
      tls_handshakes: [{ x_first_bytes: base64(`HTTP/1.1 403\r\n\r\nblocked for ${OWN}`) }],
      queries: [{ raw_response: packet }],
      note: `13.12.11.45.in-addr.arpa ${OWN}`,
    })
    assert.doesNotMatch(text, /45\.11\.12\.13|13\.12\.11\.45|2a0d:4510/)
    assert.ok(!text.includes(packet))
    assert.ok(!text.includes(base64(`HTTP/1.1 403\r\n\r\nblocked for ${OWN}`)))
  })

  it('erases it where a page hides it among a thousand others', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `60.1.${i >> 8}.${i & 255}`).join(' ')
    assert.ok(!clean(answer(`${many} ${OWN}`)).includes(OWN))
  })

  it('keeps hosts of URLs, what resolvers gave, what the control met and what was dialled', () => {
    const document = {
      ...answer('see 20.1.1.1 30.1.1.1 40.1.1.1 50.1.1.1', [['Location', 'http://92.1.2.3/blocked']]),
      queries: [{ answers: [{ ipv4: '30.1.1.1' }] }],
      control: { dns: { addrs: ['40.1.1.1'] }, ip_info: { '50.1.1.1': { asn: 1 } } },
    }
    assert.deepEqual(scrubOwn(document, []), document)
  })

  it('erases no evidence that the control alone calls a page’s word', () => {
    const page = { headers: { 'X-Hello': OWN }, title: OWN }
    const document = { ...answer(`at ${OWN}`), control: { http_request: page } }
    assert.ok(!clean(document).includes(OWN))
  })
})

describe('what tells a request, a visitor or a second', () => {
  it('cookies are written by their names, names of requests not at all', () => {
    assert.equal(coarseHeader('Set-Cookie', 'datr=abc123; expires=Wed, 25 Nov 2026 19:40:17 GMT'), 'datr=[scrubbed]')
    for (const name of [
      'CF-RAY',
      'x-request-id',
      'X-Amz-Cf-Id',
      'x-fb-debug',
      'X-Timer',
      'traceparent',
      'NEL',
      'X-Client-Id',
    ])
      assert.equal(coarseHeader(name, '9a41b2c3d4-ALA'), '[scrubbed]', name)
    for (const [name, value] of [
      ['Server', 'AkamaiGHost'],
      ['ETag', '"65f2-5b1"'],
      ['X-Block', 'rule 117'],
    ] as const)
      assert.equal(coarseHeader(name, value), value)
  })

  it('no second of the day stays in headers, cookies and bodies', () => {
    assert.equal(coarseHeader('Date', 'Wed, 25 Nov 2026 19:40:17 GMT'), 'Wed, 25 Nov 2026 19:40:00 GMT')
    assert.equal(withoutSeconds('at 2026-11-25T19:40:17.123Z'), 'at 2026-11-25T19:40:00Z')
    assert.equal(
      withoutSeconds('t=1795635617 ms=1795635617123 s=1795635617.5'),
      't=1795635600 ms=1795635600000 s=1795635600.0',
    )
    assert.equal(withoutSeconds('build 17956356179999'), 'build 17956356179999')
  })

  it('nor in the headers of a page that the control fetched in the same minute', () => {
    const document = { control: { http_request: { headers: { Date: 'Wed, 25 Nov 2026 19:40:17 GMT' }, title: 'a' } } }
    assert.ok(!clean(document).includes(':17 GMT'))
  })

  it('a sign-in page names neither guest nor place, and is known by its parameters all the same', () => {
    const sent = 'http://login.example/?client_mac=aa-bb-cc-00-11-22&ssid=Cafe&ap_mac=1&res=notyet&userurl=x'
    assert.equal(
      coarseHeader('Location', sent),
      'http://login.example/?client_mac=[scrubbed]&ssid=[scrubbed]&ap_mac=[scrubbed]&res=notyet&userurl=x',
    )
  })

  it('takes hostile texts in bounded time', () => {
    const texts = [
      `?${'mac'.repeat(16_000)}`,
      `?${'a-'.repeat(24_000)}`,
      '1.'.repeat(24_000),
      '2:'.repeat(24_000),
      '%25'.repeat(16_000),
    ]
    for (const text of texts) assert.equal(typeof clean(answer(text), [OWN, OWN_6]), 'string')
  })
})

describe('a clock as it is written', () => {
  it('has the same offset for every clock that is right within 15 minutes', () => {
    for (const offset of [0, 37, -412, 59_999, -300_000]) assert.equal(coarseOffset(millis(offset)), 0)
  })

  it('answers what judges ask: an hour off, twelve hours off', () => {
    for (const hours of [1, 12])
      for (const sign of [1, -1]) {
        assert.ok(Math.abs(coarseOffset(millis(sign * hours * 3_600_000))) >= hours * 3_600_000)
        assert.ok(Math.abs(coarseOffset(millis(sign * (hours * 3_600_000 - 1)))) < hours * 3_600_000)
      }
    assert.equal(coarseTrip(millis(43.7)), 40)
  })
})

describe('searchFor() where a probe did not scrub', () => {
  it('finds an address in bytes in place of TLS, and letters with empty bytes between them', () => {
    const holds = searchFor(OWN)
    const bytes = { tls_handshakes: [{ x_first_bytes: base64([9, 45, 11, 12, 13, 9]) }] }
    const wide = { body: [...OWN].map((letter) => `${letter}\0`).join('') }
    const labels = { raw_response: base64('\x0213\x0212\x0211\x0245\x07in-addr\x04arpa') }
    for (const json of [bytes, wide, labels])
      assert.equal(holds?.(JSON.stringify(json), json), true, JSON.stringify(json))
    const other = { body: hash('sha256', 'nothing'), x_first_bytes: base64([45, 11, 12]) }
    assert.equal(holds?.(JSON.stringify(other), other), false)
  })
})
