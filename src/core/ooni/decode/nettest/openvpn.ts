import { addressFamily, splitEndpoint } from '../../../model/address.ts'
import type { MeasurementHead } from '../../../model/measured/measurement.ts'
import { optionalNumber, optionalPort, optionalText, rowsOf, type JsonRecord } from '../decoder.ts'
import { normaliseFailure } from '../normalise-failure.ts'
import { decodeOperations, type OperationSet } from '../operations.ts'
import { readFailure } from '../read-failure.ts'
import { readTiming } from '../timing.ts'
import type { TunnelRow } from '../tunnels.ts'

const AT = '/test_keys'
const transportOf = (text: string | undefined): 'tcp' | 'udp' | undefined =>
  text === 'tcp' || text === 'udp' ? text : undefined

function decodeTunnel(row: JsonRecord, source: string): TunnelRow {
  const ip = optionalText(row, 'ip', source)
  const port = optionalPort(row, 'port', source)
  const transport = transportOf(optionalText(row, 'transport', source))
  const bootstrap = optionalNumber(row, 'handshake_time', source) ?? optionalNumber(row, 'bootstrap_time', source)
  const failure = readFailure(row, source, 'tunnel')
  return {
    ...readTiming(row, source),
    protocol: 'openvpn',
    ...(transport && { transport }),
    ...(ip !== undefined && addressFamily(ip) !== undefined && port !== undefined ? { address: ip, port } : undefined),
    ...(bootstrap === undefined || failure !== undefined ? undefined : { bootstrap }),
    ...(failure && { failure }),
  }
}

/** Versions before 0.1 keep one attempt in `test_keys` itself; its success is `success_handshake`. */
function singleTunnel(testKeys: JsonRecord): readonly TunnelRow[] {
  const success = testKeys['success_handshake'] ?? testKeys['success']
  if (typeof success !== 'boolean') return []
  const endpoint = optionalText(testKeys, 'remote', AT)
  const transport = transportOf(optionalText(testKeys, 'transport', AT))
  const bootstrap = optionalNumber(testKeys, 'bootstrap_time', AT)
  const stated = readFailure(testKeys, AT, 'tunnel')
  const failure = success ? undefined : (stated ?? normaliseFailure('unknown_failure', 'tunnel'))
  return [
    {
      source: AT,
      tags: [],
      protocol: 'openvpn',
      ...(transport && { transport }),
      ...(endpoint === undefined ? undefined : splitEndpoint(endpoint)),
      ...(success && bootstrap !== undefined ? { bootstrap } : undefined),
      ...(failure && { failure }),
    },
  ]
}

/**
 * openvpn of every version: the TCP connection where there is one, and the handshake. Pages that early versions
 * fetched went through the tunnel, so they are not of the person's path and are not read.
 */
export function decodeOpenVpn(testKeys: JsonRecord, _head: MeasurementHead): readonly OperationSet[] {
  const rows = rowsOf(testKeys, 'openvpn_handshake', AT, decodeTunnel)
  return [
    {
      ...decodeOperations({ ...testKeys, requests: null }, AT),
      tunnels: rows.length > 0 ? rows : singleTunnel(testKeys),
    },
  ]
}
