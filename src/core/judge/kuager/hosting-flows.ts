import { frozenNetworks } from '../../model/measured/hosting-flow.ts'
import type { LineNote } from '../../model/measured/measurement.ts'
import { formatAsn } from '../../model/units.ts'
import { finding, ground, type Finding } from '../finding.ts'

/**
 * Whether flows from our own servers in a hosting network stop after some kilobytes while those of another network come
 * whole. It is about no service: none is judged by it. Source: docs/methods/judging.md, flows by hosting network.
 */
export function judgeHostingFlows({ flows = [] }: LineNote): Finding | undefined {
  const frozen = frozenNetworks(flows)
  if (frozen.length === 0) return undefined
  return finding('tcp', 'inconclusive', 'tcp.freeze.as', {
    mechanism: 'tcp.freeze.as',
    grounds: frozen.map(({ asn, other, bytes }) =>
      ground('line.network-stops', 'decisive', {
        network: formatAsn(asn),
        other: formatAsn(other),
        kilobytes: Math.round(bytes / 1024),
      }),
    ),
    missing: ['second-measurement'],
  })
}
