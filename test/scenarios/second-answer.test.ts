import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judge } from '../../src/core/judge/judge.ts'
import type { Ground, Verdict } from '../../src/core/model/measured/verdict.ts'
import { observe } from '../../src/core/observe/observe.ts'
import { decodeMeasurement } from '../../src/core/ooni/decode/decode.ts'
import { openCertificates } from '../../src/runtime/certificates.ts'
import { loadTables } from '../../src/runtime/tables/tables.ts'
import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import { endpoint, type EndpointOptions } from '../kit/measured/kuager-endpoint.ts'

const tables = loadTables()
const certificates = openCertificates()
const GOOGLE = '142.250.74.46'
const FORGED = '95.59.44.12'

function verdictOf(options: EndpointOptions): Verdict {
  const decoded = decodeMeasurement(kuagerDocument({ endpoints: [endpoint('www.youtube.com', options)] }))
  if (decoded.kind !== 'measurement') throw new TypeError('the builder makes measurements')
  return judge(decoded.head, observe(decoded, certificates), tables)
}

const notes = ({ grounds }: Verdict): readonly Pick<Ground, 'fact' | 'role'>[] =>
  grounds
    .filter(({ fact }) => fact === 'dns.second-answer' || fact === 'dns.public-answer-differs')
    .map(({ fact, role }) => ({ fact, role }))

const forged = {
  addresses: [FORGED],
  tls: ['hxh', 'hxh'],
  page: null,
  doh: [GOOGLE],
  control: { addresses: [GOOGLE] },
} as const satisfies EndpointOptions

describe('a question to a public resolver', () => {
  it('names the mechanism where it is answered twice and the line’s lookup is forged', () => {
    const verdict = verdictOf({ ...forged, listed: [FORGED], listedLate: [GOOGLE] })
    assert.equal(verdict.mechanism, 'dns.injected')
    assert.deepEqual(notes(verdict), [{ fact: 'dns.second-answer', role: 'decisive' }])
  })

  it('is compared with its own second answer alone, not with one to another resolver', () => {
    const verdict = verdictOf({ ...forged, udp: [GOOGLE], listed: [GOOGLE], listedLate: [GOOGLE], late: [GOOGLE] })
    assert.equal(verdict.mechanism, 'dns.forged')
  })

  it('is a note where the line’s own lookup is right', () => {
    const twice = verdictOf({ listed: [FORGED], listedLate: [GOOGLE] })
    assert.equal(twice.kind, 'reachable')
    assert.equal(twice.mechanism, undefined)
    assert.deepEqual(notes(twice), [{ fact: 'dns.second-answer', role: 'context' }])
    for (const listed of [[FORGED], ['10.10.34.34'], 'dns_nxdomain_error']) {
      const once = verdictOf({ listed })
      assert.equal(once.kind, 'reachable')
      assert.deepEqual(notes(once), [{ fact: 'dns.public-answer-differs', role: 'context' }], String(listed))
    }
  })

  it('is no note where it is answered as others are, or is lost', () => {
    for (const listed of [[GOOGLE], ['142.250.74.78'], 'generic_timeout_error', 'dns_refused_error'])
      assert.deepEqual(notes(verdictOf({ listed })), [], String(listed))
  })

  it('neither makes nor clears what the line’s own lookup shows', () => {
    for (const listed of [[GOOGLE], [FORGED], 'dns_nxdomain_error', 'generic_timeout_error', 'dns_refused_error']) {
      const { kind, mechanism, rule, log10Lr } = verdictOf({ ...forged, listed })
      const alone = verdictOf(forged)
      assert.deepEqual(
        { kind, mechanism, rule, log10Lr },
        { kind: alone.kind, mechanism: alone.mechanism, rule: alone.rule, log10Lr: alone.log10Lr },
        String(listed),
      )
    }
  })

  it('is no control of a lookup that failed', () => {
    const lost = { system: 'dns_nxdomain_error', doh: null, addresses: [], tls: null, control: null } as const
    assert.notEqual(verdictOf({ ...lost, listed: [GOOGLE] }).kind, 'interfered')
    assert.deepEqual(verdictOf({ ...lost, listed: [GOOGLE] }), verdictOf(lost))
  })
})
