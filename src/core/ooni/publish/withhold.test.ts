import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import { kuagerDocument } from '../../../../test/kit/measured/kuager-document.ts'
import { webMeasurement, type Json } from '../../../../test/kit/measured/measurement.ts'
import { roundedLength, withheldForm, type WithheldValue } from './withhold.ts'

const commit = ({ at }: WithheldValue): string => hash('sha256', at)
const formOf = (json: unknown): Json => JSON.parse(withheldForm(json, commit).hashed) as Json // an object for an object
const keysOf = (testKeys: Json): unknown => formOf({ test_name: 'kuager', test_keys: testKeys })['test_keys']
const valuesOf = (testKeys: Json): readonly unknown[] =>
  withheldForm({ test_name: 'kuager', test_keys: testKeys }, commit).values.map(({ value }) => value)

describe('withheldForm()', () => {
  it('withholds what is under a key that is not listed, and long texts under any key', () => {
    assert.deepEqual(
      keysOf({ x_invented_later: 'mark', tier: 'A', use: 'u'.repeat(301), n: 7, none: null, empty: '' }),
      {
        ...{ x_invented_later: '[withheld]', tier: 'A', use: '[withheld]', n: 7, none: null, empty: '' },
      },
    )
    assert.deepEqual(valuesOf({ rows: [{ data: { format: 'base64', data: 'QQ==' } }] }), [
      { format: 'base64', data: 'QQ==' },
    ])
  })

  it('withholds values of headers, and names that are not on the list with them', () => {
    const response = { code: 200, headers: { Server: ['one', 'two'], 'X-Mark': 'yes' }, body: 'page' }
    assert.deepEqual(keysOf({ requests: [{ response }] }), {
      requests: [
        {
          response: {
            code: 200,
            body: '[withheld]',
            headers_list: [
              ['Server', '[withheld]'],
              ['Server', '[withheld]'],
              ['[withheld]', '[withheld]'],
            ],
          },
        },
      ],
    })
    assert.deepEqual(valuesOf({ requests: [{ response }] }), ['page', 'one', 'two', ['X-Mark', 'yes']])
  })

  it('keeps the word of a failure and replaces a sentence by the word that it means', () => {
    const rows = [
      'connection_reset',
      'unknown_failure: malformed HTTP response "mark"',
      'read tcp: connection reset by peer mark',
    ]
    assert.deepEqual(keysOf({ requests: rows.map((failure) => ({ failure })) }), {
      requests: ['connection_reset', 'http_request_failed', 'connection_reset'].map((failure) => ({ failure })),
    })
  })

  it('keeps no name and no path of a later step, and that rows belong to one host', () => {
    const form = JSON.stringify(
      formOf({
        test_name: 'web_connectivity',
        input: 'https://www.example.com/a?b',
        test_keys: {
          queries: [
            { hostname: 'www.example.com' },
            { hostname: 'mark.example.net' },
            { hostname: 'mark.example.com' },
          ],
          tls_handshakes: [{ server_name: 'mark.example.net' }],
          requests: [
            { request: { url: 'http://mark.example.net:81/mark?mark' } },
            { request: { url: 'https://www.example.com/a?b' } },
            { request: { url: 'https://192.0.2.1/mark' } },
          ],
        },
      })['test_keys'],
    )
    assert.ok(!form.includes('mark'))
    assert.equal(form.split('withheld-1.invalid').length - 1, 3)
    assert.ok(form.includes('"withheld-2.example.com"') && form.includes('"https://www.example.com/a?b"'))
    assert.ok(form.includes('"http://withheld-1.invalid:81/"') && form.includes('"https://192.0.2.1/"'))
  })

  it('keeps what a helper abroad told, and certificates', () => {
    const control = { http_request: { title: 'A title', headers: { Server: 'x' } } }
    const kept = {
      endpoints: [{ control, tls_handshakes: [{ peer_certificates: [{ format: 'base64', data: 'QQ==' }] }] }],
    }
    assert.deepEqual(keysOf(kept), kept)
  })

  it('takes no readings, openings or version from a sender', () => {
    const forged = { ...kuagerDocument(), x_public_form: 2, x_withheld: { '/a': 1 }, x_published: { read: {} } }
    assert.equal(withheldForm(forged, commit).hashed, withheldForm(kuagerDocument(), commit).hashed)
  })

  it('gives a commitment to at most 2,000 values and withholds the others all the same', () => {
    const many = { test_name: 'kuager', test_keys: { texts: Array.from({ length: 5_000 }, (_, nth) => `mark ${nth}`) } }
    const { hashed, values } = withheldForm(many, commit)
    assert.equal(values.length, 2_000)
    assert.ok(!hashed.includes('mark'))
  })

  it('tells lengths as powers of two alone', () => {
    assert.deepEqual(
      ['', 'x', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(4097)].map(roundedLength),
      [64, 64, 64, 128, 8192],
    )
  })

  it('is, byte by byte, what leaves of version 2 digest: another text is another version', () => {
    const digests = [kuagerDocument(), webMeasurement({ body: '<title>A page</title>' })].map((document) =>
      hash('sha256', withheldForm(document, commit).hashed),
    )
    assert.deepEqual(digests, [
      'ee4045c88ce9751124d3e4f0d3d535884b355dba912136fc84c9d724445bac24',
      'e6d3d4f3094ae23bd52ffa39bace8b18a92c95f82c80c5868cf3dd10cd01efd5',
    ])
  })
})
