import { rowsOf, optionalRecord, optionalText, optionalNumber, type JsonRecord } from '../decoder.ts'
import { decodeHandshake, type HandshakeRow } from '../handshakes.ts'
import { decodeOperations, NO_OPERATIONS, type OperationSet } from '../operations.ts'

function half(testKeys: JsonRecord, key: 'control' | 'target'): readonly OperationSet[] {
  const at = `/test_keys/${key}`
  const keys = optionalRecord(testKeys, key, '/test_keys')
  if (keys === undefined) return []
  const serverName = optionalText(keys, 'sni', at)
  const role = key === 'control' ? 'innocent' : 'target'
  return [{ ...decodeOperations(keys, at), role, ...(serverName ? { serverName } : undefined) }]
}

/** sni_blocking: two handshakes with one address, one under a control name, one under the name under test. */
export const decodeSniBlocking = (testKeys: JsonRecord): readonly OperationSet[] => [
  ...half(testKeys, 'control'),
  ...half(testKeys, 'target'),
]

/**
 * The handshake of one trace that reached the server: ClientHellos at a low TTL die on the way by design
 * (`host_unreachable` from a router) and say nothing about the server, so only the highest TTL is read.
 */
function lastHandshake(trace: JsonRecord | undefined, at: string): readonly HandshakeRow[] {
  if (trace === undefined) return []
  const rows = rowsOf(trace, 'iterations', at, (row, source) => {
    const handshake = optionalRecord(row, 'handshake', source)
    const ttl = optionalNumber(row, 'ttl', source) ?? 0
    return handshake === undefined ? undefined : { ttl, row: decodeHandshake(handshake, `${source}/handshake`) }
  })
  const last = rows.reduce<(typeof rows)[number] | undefined>(
    (a, b) => (a !== undefined && a.ttl > b.ttl ? a : b),
    undefined,
  )
  return last === undefined || last.row.socketError !== undefined ? [] : [last.row]
}

/** tlsmiddlebox: ClientHellos of two names towards one address at rising TTL. */
export function decodeTlsMiddlebox(testKeys: JsonRecord): readonly OperationSet[] {
  const at = '/test_keys'
  const traces = rowsOf(testKeys, 'iterative_trace', at, (trace, source): readonly OperationSet[] => {
    const control = lastHandshake(optionalRecord(trace, 'control_trace', source), `${source}/control_trace`)
    const target = lastHandshake(optionalRecord(trace, 'target_trace', source), `${source}/target_trace`)
    return [
      { ...NO_OPERATIONS, role: 'innocent', tlsHandshakes: control },
      { ...NO_OPERATIONS, tlsHandshakes: target },
    ]
  })
  return [decodeOperations(testKeys, at), ...traces.flat()]
}
