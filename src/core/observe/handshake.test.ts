import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as kit from '../../../test/kit/net/certificates.ts'
import { handshake, measurement, webMeasurement, type Json } from '../../../test/kit/measured/measurement.ts'
import type { TlsObservation } from '../model/measured/observation.ts'
import { decodeMeasurement } from '../ooni/decode/decode.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { observe } from './observe.ts'

const certificates = openCertificates([kit.pemOf(kit.ROOT)])
function tlsOf(json: Json): TlsObservation {
  const decoded = decodeMeasurement(json)
  if (decoded.kind === 'aside') return assert.fail(decoded.reason)
  const row = observe(decoded, certificates).find(({ kind, side }) => kind === 'tls' && side === 'probe')
  return row?.kind === 'tls' ? row : assert.fail('no handshake')
}
const during = '2025-02-01 00:00:00'

describe('a handshake as a row', () => {
  it('is not looked at again where the probe verified it', () => {
    const row = tlsOf(webMeasurement({ certificates: [kit.LEAF, kit.INTERMEDIATE], startedAt: during }))
    assert.deepEqual([row.chain, row.verified, row.nameMatches, row.certificates.length], ['unchecked', true, true, 2])
  })

  it('has its chain verified at the time of the measurement where it failed', () => {
    const chain = { tls: 'ssl_unknown_authority', certificates: [kit.LEAF, kit.INTERMEDIATE] }
    assert.equal(tlsOf(webMeasurement({ ...chain, startedAt: during })).chain, 'trusted')
    assert.equal(tlsOf(webMeasurement({ ...chain, startedAt: '2025-09-01 00:00:00' })).chain, 'expired')
  })

  it('shows the forger', () => {
    const forged = {
      tls: 'ssl_unknown_authority',
      certificates: [kit.FORGED_LEAF, kit.FORGED_INTERMEDIATE],
      startedAt: during,
    }
    const row = tlsOf(webMeasurement(forged))
    assert.equal(row.chain, 'unanchored')
    assert.equal(row.nameMatches, true)
    assert.equal(row.certificates[0]?.issuerName, 'Example Issuing CA')
  })

  it('has its chain verified where the probe did not', () => {
    const loose = {
      ...handshake('93.184.215.14:443', 'www.example.com', { certificates: [kit.LEAF] }),
      no_tls_verify: true,
    }
    const row = tlsOf(webMeasurement({ testKeys: { tls_handshakes: [loose] }, startedAt: during }))
    assert.deepEqual([row.verified, row.chain], [false, 'unanchored'])
  })

  it('of a Tor relay is never taken as verified', () => {
    const targets = {
      relay: {
        target_protocol: 'or_port',
        tls_handshakes: [handshake('93.184.215.14:9001', '', { certificates: [kit.LEAF] })],
      },
    }
    const row = tlsOf(measurement('tor', '0.4.0', { targets }, { startedAt: during }))
    assert.deepEqual([row.verified, row.part, row.name], [false, 'or_port', undefined])
  })

  it('compares the name, and the address where no name was sent', () => {
    const matches = (name: string, address: string): boolean | undefined =>
      tlsOf(
        webMeasurement({
          testKeys: { tls_handshakes: [handshake(address, name, { certificates: [kit.LEAF] })], requests: [] },
        }),
      ).nameMatches
    assert.equal(matches('other.example.com', '93.184.215.14:443'), false)
    assert.equal(matches('a.example.net', '93.184.215.14:443'), true)
    assert.equal(matches('192.0.2.7', '192.0.2.7:443'), true)
  })

  it('without certificates has none, and says nothing of the name', () => {
    const row = tlsOf(webMeasurement({ tls: 'generic_timeout_error' }))
    assert.deepEqual([row.chain, row.nameMatches, row.failure?.code], ['none', undefined, 'generic_timeout_error'])
  })
})
