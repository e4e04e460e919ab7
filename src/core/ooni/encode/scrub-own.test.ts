import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SCRUBBED } from '../publish/erase-address.ts'
import { scrubOwn } from './scrub-own.ts'

const OWN = '45.11.12.13'
const OWN_6 = '2a0d:4510:1:7::2'
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')

describe('scrubOwn()', () => {
  it('erases the address from headers, bodies, answers, errors, keys and bytes, in every spelling', () => {
    const raw = Buffer.from([1, 2, 45, 11, 12, 13, 9])
    const text = JSON.stringify(
      scrubOwn(
        {
          body: `hello ${OWN}, also 45-11-12-13 and 13.12.11.45.in-addr.arpa and 755698701 and 2d0b0c0d`,
          answers: [{ answer_type: 'A', ipv4: OWN }],
          raw_response: raw.toString('base64'),
          blob: { format: 'base64', data: base64(`you are ${OWN}`) },
          x_failure_detail: `connect from ${OWN}:51000`,
          tcp: { [`${OWN}:443`]: true },
          six: `[${OWN_6}]:443 and 2a0d:4510:1:7:abcd::9`,
        },
        [OWN, OWN_6],
      ),
    )
    assert.doesNotMatch(text, /45.11.12.13|13.12.11.45|755698701|2d0b0c0d|2a0d:4510/)
    assert.ok(!text.includes(raw.toString('base64')) && !text.includes(base64(`you are ${OWN}`)))
  })

  it('learns the address from a header made for telling it, and erases that header whole', () => {
    const clean = scrubOwn(
      { headers_list: [['X-Client-IP', OWN]], headers: { 'X-Client-IP': OWN }, body: `at ${OWN}` },
      [],
    )
    assert.deepEqual(clean, {
      headers_list: [['X-Client-IP', SCRUBBED]],
      headers: { 'X-Client-IP': SCRUBBED },
      body: `at ${SCRUBBED}`,
    })
  })

  it('keeps an address that was dialled, though a server calls it the visitor: a server cannot have evidence erased', () => {
    const service = '20.10.1.10'
    const document = {
      tcp_connect: [{ ip: service, port: 443 }],
      answers: [{ ipv4: service }],
      headers_list: [['x-real-ip', service]],
    }
    assert.deepEqual(scrubOwn(document, []), { ...document, headers_list: [['x-real-ip', SCRUBBED]] })
  })

  it('leaves a document without the address as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const document: unknown = JSON.parse(JSON.stringify(value))
        assert.deepEqual(scrubOwn(document, []), document)
      }),
    )
  })
})
