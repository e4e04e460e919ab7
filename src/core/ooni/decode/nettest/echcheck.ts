import { listOf, optionalRecord, type JsonRecord } from '../decoder.ts'
import { decodeHandshakes } from '../handshakes.ts'
import { decodeOperations, type OperationSet } from '../operations.ts'
import { decodeConnects } from '../tcp-connects.ts'

/** echcheck: versions before 0.2 keep two single handshakes (`control`, `target`), later ones a list. */
export function decodeEchCheck(testKeys: JsonRecord): readonly OperationSet[] {
  const at = '/test_keys'
  const set = decodeOperations(testKeys, at)
  const connects = [...set.connects, ...decodeConnects(testKeys, 'tcp_connects', at)]
  const single = ['control', 'target'].flatMap((key) => {
    const row = optionalRecord(testKeys, key, at)
    return row === undefined || listOf(testKeys, 'tls_handshakes', at).length > 0
      ? []
      : decodeHandshakes({ [key]: [row] }, key, at, 'tls').map((one) => ({ ...one, source: `${at}/${key}` }))
  })
  return [{ ...set, connects, tlsHandshakes: [...set.tlsHandshakes, ...single] }]
}
