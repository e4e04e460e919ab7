import { isRecord, listOf, optionalNumber, type JsonRecord, type Writable } from '../decoder.ts'
import type { MeasurementHead } from '../../../model/measured/measurement.ts'
import { decodeOperations, type OperationSet } from '../operations.ts'
import { decodeQueries } from '../queries.ts'
import { readFailure } from '../read-failure.ts'
import type { RequestRow } from '../requests.ts'
import { readTiming } from '../timing.ts'
import type { TransferRow } from '../transfers.ts'

const AT = '/test_keys'

/**
 * Clients before 2020 leave out the request when it fails inside their own parser or after the connection, and keep
 * only the word in `http_experiment_failure`; they are known by having no list of handshakes.
 */
function unlistedRequest(testKeys: JsonRecord, head: MeasurementHead, set: OperationSet): readonly RequestRow[] {
  if (testKeys['tls_handshakes'] !== undefined || set.requests.length > 0 || head.input === undefined)
    return set.requests
  const failure = readFailure(testKeys, AT, 'http', 'http_experiment_failure')
  if (failure === undefined || !set.connects.some((row) => row.failure === undefined)) return set.requests
  const source = `${AT}/http_experiment_failure`
  return [{ source, tags: [], url: head.input, method: 'GET', overQuic: false, overTor: false, failure }]
}

interface Flow {
  start?: number
  last?: TransferRow
}

/**
 * Bytes received over each flow, as clients since 0.5.22 sample them; the last sample counts, from the start of its
 * exchange. Source: OONI data format df-008-netevents, `bytes_received_cumulative`.
 */
function transfersOf(testKeys: JsonRecord): readonly TransferRow[] {
  const flows = new Map<number, Flow>()
  const events = listOf(testKeys, 'network_events', AT)
  for (let index = 0; index < events.length; index++) {
    const event = events[index]
    if (!isRecord(event)) continue
    const operation = event['operation']
    const starts = operation === 'http_transaction_start'
    if (!starts && operation !== 'bytes_received_cumulative') continue
    const source = `${AT}/network_events/${index}`
    const timing = readTiming(event, source)
    if (timing.transaction === undefined || timing.endedAt === undefined) continue
    const flow = flows.get(timing.transaction) ?? {}
    flows.set(timing.transaction, flow)
    if (starts) flow.start ??= timing.endedAt
    else
      flow.last = { ...timing, direction: 'down', bytes: optionalNumber(event, 'num_bytes', source) ?? 0, duration: 0 }
  }
  const transfers: TransferRow[] = []
  for (const { start, last } of flows.values()) {
    const duration = start === undefined || last?.endedAt === undefined ? 0 : last.endedAt - start
    if (last !== undefined && last.bytes > 0 && duration > 0) transfers.push({ ...last, duration })
  }
  return transfers
}

/**
 * Web connectivity of every version. The lookups of the probe's own encrypted resolver (`x_doh`, `x_do53`) are
 * about that resolver, not about the site: only their results, which are in `queries`, are read.
 */
export function decodeWebConnectivity(testKeys: JsonRecord, head: MeasurementHead): readonly OperationSet[] {
  const lateAnswers = decodeQueries(testKeys, 'x_dns_duplicate_responses', AT)
  const set: Writable<OperationSet> = decodeOperations(testKeys, AT)
  set.requests = unlistedRequest(testKeys, head, set)
  set.lateAnswers = lateAnswers
  set.transfers = transfersOf(testKeys)
  return [set]
}
