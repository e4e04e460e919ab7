import { optionalRecord, optionalText, rowsOf, type JsonRecord } from '../decoder.ts'
import { decodeHandshake } from '../handshakes.ts'
import { NO_OPERATIONS, type OperationSet } from '../operations.ts'
import { readFailure } from '../read-failure.ts'
import { decodeConnect } from '../tcp-connects.ts'
import { readTiming } from '../timing.ts'

function decodePing(ping: JsonRecord, source: string): OperationSet {
  const tcp = optionalRecord(ping, 'tcp_connect', source)
  const tls = optionalRecord(ping, 'tls_handshake', source)
  const quic = optionalRecord(ping, 'quic_handshake', source)
  const connect = tcp && decodeConnect(tcp, `${source}/tcp_connect`)
  return {
    ...NO_OPERATIONS,
    connects: connect === undefined ? [] : [connect],
    tlsHandshakes: tls === undefined ? [] : [decodeHandshake(tls, `${source}/tls_handshake`)],
    quicHandshakes:
      quic === undefined ? bareQuic(ping, source) : [decodeHandshake(quic, `${source}/quic_handshake`, 'quic')],
  }
}

/** quicping sends one packet of a version that does not exist: an answer shows the path, no handshake follows. */
function bareQuic(ping: JsonRecord, source: string): OperationSet['quicHandshakes'] {
  if (optionalText(ping, 'conn_id_dst', source) === undefined) return []
  const failure = readFailure(ping, source, 'quic')
  return [{ ...readTiming(ping, source), certificates: [], verifies: false, ...(failure && { failure }) }]
}

/** tcpping, tlsping, simplequicping, quicping: the same act several times. */
export const decodePings = (testKeys: JsonRecord): readonly OperationSet[] =>
  rowsOf(testKeys, 'pings', '/test_keys', decodePing)
