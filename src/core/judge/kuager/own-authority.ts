import type { TlsObservation } from '../../model/measured/observation.ts'
import { onOwnPath } from '../case.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { handshakeValues } from '../layer/tls.ts'
import type { Handshake } from './halves.ts'

/**
 * A name whose certificates an authority of the service's own has signed: every check of them fails, here and abroad.
 * Where both were shown a certificate in common, the server itself answered here; if none is common, someone else did.
 * Undefined where the chain was accepted, or where abroad it was, or is not told.
 * Wrong when: the service changes all its certificates between two of its servers.
 */
export function judgeOwnAuthority(rows: readonly TlsObservation[], outside: readonly Handshake[]): Finding | undefined {
  const refused = rows.filter(
    (row) => row.role === 'target' && onOwnPath(row) && row.failure?.code === 'ssl_unknown_authority',
  )
  const row = refused.find(({ certificates, unreadable }) => certificates.length > 0 && unreadable !== true)
  if (row === undefined || rows.some((one) => one.role === 'target' && one.failure === undefined)) return undefined
  const told = outside.filter((one) => one.role === 'target' && one.digests !== undefined)
  const abroad = told.filter(({ failure }) => failure?.code === 'ssl_unknown_authority')
  const beside = abroad.find(({ address }) => address === row.address) ?? abroad[0]
  if (beside === undefined || told.some(({ failure }) => failure === undefined)) return undefined
  const known = new Set(abroad.flatMap(({ digests }) => digests ?? []))
  const name = row.name ?? ''
  if (row.certificates.some(({ sha256 }) => known.has(sha256)))
    return finding('tls', 'reachable', 'tls.completes', {
      grounds: [
        ground('tls.same-chain-abroad', 'control', { name }, beside),
        ground('tls.completed', 'context', handshakeValues(row), row),
      ],
    })
  const issuer = row.certificates[0]?.issuerName ?? ''
  return finding('tls', 'interfered', 'tls.certificate-refused', {
    mechanism: 'tls.mitm.unknown_ca',
    grounds: [
      ground('tls.certificate-refused', 'decisive', { name, issuer, failure: row.failure?.code }, row),
      ground('tls.other-chain-abroad', 'control', { name }, beside),
    ],
    halvings: beside.address === row.address ? [] : ['inferred-control'],
  })
}
