import { optionalNumber, optionalRecord, optionalText, rowsOf, type JsonRecord } from '../decoder.ts'
import { NO_OPERATIONS, type OperationSet } from '../operations.ts'
import type { TransferRow } from '../transfers.ts'

const AT = '/test_keys'

function serverOf(testKeys: JsonRecord): { serverName?: string } | undefined {
  const server = optionalRecord(testKeys, 'server', AT)
  const serverName = server && optionalText(server, 'hostname', `${AT}/server`)
  return serverName ? { serverName } : undefined
}

/** dash: video segments of two seconds, each with its bytes and time. */
export function decodeDash(testKeys: JsonRecord): readonly OperationSet[] {
  const server = serverOf(testKeys)
  const transfers = rowsOf(testKeys, 'receiver_data', AT, (row, source): TransferRow | undefined => {
    const bytes = optionalNumber(row, 'received', source)
    const duration = optionalNumber(row, 'elapsed', source)
    if (bytes === undefined || duration === undefined || duration <= 0 || bytes < 0) return undefined
    return { source, tags: [], direction: 'down', bytes, duration, ...server }
  })
  return [{ ...NO_OPERATIONS, transfers }]
}

/** Samples count bytes from the start, so the last one is the transfer. Microseconds. Source: ndt7 protocol, AppInfo. */
function lastSample(testKeys: JsonRecord, key: 'download' | 'upload'): readonly TransferRow[] {
  const rows = rowsOf(testKeys, key, AT, (row, source): TransferRow | undefined => {
    const info = optionalRecord(row, 'AppInfo', source)
    const bytes = info && optionalNumber(info, 'NumBytes', `${source}/AppInfo`)
    const elapsed = info && optionalNumber(info, 'ElapsedTime', `${source}/AppInfo`)
    if (bytes === undefined || elapsed === undefined || elapsed <= 0 || bytes < 0) return undefined
    return { source, tags: [], direction: key === 'upload' ? 'up' : 'down', bytes, duration: elapsed / 1_000_000 }
  })
  return rows.slice(-1)
}

/** ndt: one transfer each way. Versions before 0.4 kept only a summary, which the claim does not hold. */
export function decodeNdt(testKeys: JsonRecord): readonly OperationSet[] {
  const server = serverOf(testKeys)
  const transfers = [...lastSample(testKeys, 'download'), ...lastSample(testKeys, 'upload')]
  return [{ ...NO_OPERATIONS, transfers: transfers.map((row) => ({ ...row, ...server })) }]
}
