import { addressFamily, splitEndpoint } from '../../model/address.ts'
import type { Failure } from '../../model/measured/failure.ts'
import {
  isRecord,
  optionalPort,
  optionalRecord,
  optionalText,
  rowsOf,
  type JsonRecord,
  type Writable,
} from './decoder.ts'
import { normaliseFailure } from './normalise-failure.ts'
import { readFailure } from './read-failure.ts'
import { addTiming, NO_TAGS, type Timing } from './timing.ts'

type Endpoint = Pick<ConnectRow, 'address' | 'port'>

/** One TCP connection attempt. Source: OONI data format df-005-tcpconnect. */
export interface ConnectRow extends Timing {
  readonly address: string
  readonly port: number
  readonly failure?: Failure
}

function made(row: JsonRecord, source: string, endpoint: Endpoint, failure: Failure | undefined): ConnectRow {
  const connect: Writable<ConnectRow> = { source, tags: NO_TAGS, address: endpoint.address, port: endpoint.port }
  addTiming(connect, row)
  if (failure !== undefined) connect.failure = failure
  return connect
}

/** Decodes one attempt; undefined where it names no address. */
export function decodeConnect(row: JsonRecord, source: string): ConnectRow | undefined {
  const ip = optionalText(row, 'ip', source)
  const port = optionalPort(row, 'port', source)
  if (ip === undefined || port === undefined || addressFamily(ip) === undefined) return undefined
  const status = optionalRecord(row, 'status', source)
  // An attempt whose outcome cannot be read says nothing.
  if (status === undefined && (row['status'] ?? undefined) !== undefined) return undefined
  const stated = status === undefined ? readFailure(row, source, 'tcp') : readFailure(status, `${source}/status`, 'tcp')
  // Of two fields that contradict each other neither is believed.
  const unclear =
    (status?.['success'] === false && stated === undefined) || (status?.['success'] === true && stated !== undefined)
  const failure = unclear ? normaliseFailure('unknown_failure', 'tcp') : stated
  return made(row, source, { address: ip, port }, failure)
}

/** Attempts of one list; some clients write one object instead, or an object keyed by endpoint. */
export function decodeConnects(from: JsonRecord, key: string, at: string): readonly ConnectRow[] {
  const value = from[key]
  if (!isRecord(value)) return rowsOf(from, key, at, decodeConnect)
  const whole = decodeConnect(value, `${at}/${key}`)
  return whole !== undefined ? [whole] : decodeKeyed(value, `${at}/${key}`)
}

function decodeKeyed(value: JsonRecord, at: string): readonly ConnectRow[] {
  return Object.keys(value).flatMap((endpoint) => {
    const split = splitEndpoint(endpoint)
    if (split === undefined || !isRecord(value[endpoint])) return []
    const failure = readFailure(value[endpoint], `${at}/${endpoint}`, 'tcp')
    return [made(value[endpoint], `${at}/${endpoint}`, split, failure)]
  })
}
