import { endpointKey, onOwnPath, type Case, type Hop } from '../case.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { isNetworkFailure, isTimeout } from '../line.ts'

/** Judges the QUIC handshakes of one hop; undefined where none was recorded. A refused version is no failure of ours. */
export function judgeQuic(it: Case, hop: Hop): Finding | undefined {
  const rows = hop.quic.filter((row) => onOwnPath(row) && row.role === 'target')
  const first = rows[0]
  if (first === undefined) return undefined
  const name = first.name ?? hop.host ?? ''
  const completed = rows.find((row) => row.failure === undefined)
  if (completed !== undefined)
    return finding('quic', 'reachable', 'quic.completes', {
      hop: hop.index,
      grounds: [ground('quic.completed', 'context', { name, address: completed.address ?? '' }, completed)],
    })
  const failed = rows.filter((row) => row.failure !== undefined && isNetworkFailure(row.failure.code))
  const row = failed[0]
  if (row?.failure === undefined) return undefined
  const said = ground('quic.failed', 'decisive', { name, address: row.address ?? '', failure: row.failure.code }, row)
  const timeout = isTimeout(row.failure.code)
  const mechanism = timeout ? 'quic.timeout' : 'quic.close'
  const controls = failed.flatMap((one) => {
    const control =
      one.address === undefined || one.port === undefined
        ? undefined
        : it.control.quic.get(endpointKey(one.address, one.port))
    return control === undefined ? [] : [control]
  })
  const passed = controls.find((control) => control.failure === undefined)
  if (passed !== undefined)
    return finding('quic', 'interfered', timeout ? 'quic.silence' : 'quic.close', {
      hop: hop.index,
      mechanism,
      grounds: [said, ground('quic.control-completed', 'control', { name }, passed)],
    })
  const refused = controls[0]
  return finding('quic', 'inconclusive', 'quic.no-control', {
    hop: hop.index,
    mechanism,
    grounds:
      refused === undefined
        ? [said]
        : [said, ground('quic.control-failed', 'control', { name, failure: refused.failure?.code }, refused)],
    missing: refused === undefined ? ['control.quic'] : [],
  })
}
