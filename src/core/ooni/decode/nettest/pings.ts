import { oneOrMany, optionalText, rowsOf, type JsonRecord } from '../decoder.ts'
import { decodeHandshake, type HandshakeRow } from '../handshakes.ts'
import { NO_OPERATIONS, type OperationSet } from '../operations.ts'
import { readFailure } from '../read-failure.ts'
import { decodeConnect } from '../tcp-connects.ts'
import { readTiming } from '../timing.ts'

/** Handshakes of one ping: one object, in the first versions a list, under either name. */
const handshakesOf = (ping: JsonRecord, source: string, stage: 'tls' | 'quic'): readonly HandshakeRow[] =>
  [`${stage}_handshake`, `${stage}_handshakes`].flatMap((key) =>
    oneOrMany(ping, key, source, (row, at) => decodeHandshake(row, at, stage)),
  )

function decodePing(ping: JsonRecord, source: string): OperationSet {
  const quic = handshakesOf(ping, source, 'quic')
  return {
    ...NO_OPERATIONS,
    connects: oneOrMany(ping, 'tcp_connect', source, decodeConnect),
    tlsHandshakes: handshakesOf(ping, source, 'tls'),
    quicHandshakes: quic.length === 0 ? bareQuic(ping, source) : quic,
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
