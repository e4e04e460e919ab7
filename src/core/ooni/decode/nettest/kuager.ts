import { addressFamily, splitEndpoint } from '../../../model/address.ts'
import { NAME_ROLES, type NameRole } from '../../../model/measured/observation.ts'
import { parseSha256, type Sha256 } from '../../../model/units.ts'
import { decodeControl, type HelperControl, type ControlPair } from '../control.ts'
import {
  isRecord,
  listOf,
  optionalFlag,
  optionalNumber,
  optionalPort,
  optionalRecord,
  optionalText,
  readRecord,
  rowsOf,
  wrongShape,
  wrongValue,
  type JsonRecord,
  type Writable,
} from '../decoder.ts'
import { decodeHandshake, type HandshakeRow } from '../handshakes.ts'
import { NO_OPERATIONS, type OperationSet } from '../operations.ts'
import { decodeQueries } from '../queries.ts'
import { readFailure } from '../read-failure.ts'
import { decodeRequest } from '../requests.ts'
import { decodeConnect } from '../tcp-connects.ts'
import { readTiming, type Timing } from '../timing.ts'
import type { TransferRow } from '../transfers.ts'
import type { TunnelRow } from '../tunnels.ts'

const AT = '/test_keys'
/** Most endpoints of one measurement; the longest list of a service has 30. */
const MAX_ENDPOINTS = 200
const MAX_ROUND = 100
const MAX_ARRIVALS = 64
const PROTOCOLS = ['openvpn', 'wireguard', 'tor'] as const

const oneOf = <T extends string>(words: readonly T[], value: string | undefined): T | undefined =>
  words.find((word) => word === value)

/** Part of a pair; throws InputError for a word outside the closed list. */
function roleOf(row: JsonRecord, source: string): NameRole | undefined {
  const stated = optionalText(row, 'x_role', source)
  const role = oneOf(NAME_ROLES, stated)
  if (stated !== undefined && role === undefined) throw wrongValue(`${source}/x_role`, NAME_ROLES.join(', '))
  return role
}

function roundOf(row: JsonRecord, source: string): number | undefined {
  const round = optionalNumber(row, 'x_round', source)
  if (round === undefined) return undefined
  if (!Number.isInteger(round) || round < 0 || round > MAX_ROUND)
    throw wrongValue(`${source}/x_round`, 'a small number')
  return round
}

/** Adds the part and round of a pair to a row. */
function paired<Row extends Timing>(made: Row, row: JsonRecord): Row {
  const role = roleOf(row, made.source)
  const round = roundOf(row, made.source)
  if (role === undefined && round === undefined) return made
  return { ...made, ...(role && { role }), ...(round !== undefined && { round }) }
}

function handshakesOf(
  from: JsonRecord,
  key: 'tls_handshakes' | 'quic_handshakes',
  at: string,
): readonly HandshakeRow[] {
  const stage = key === 'tls_handshakes' ? 'tls' : 'quic'
  return rowsOf(from, key, at, (row, source) => {
    const made: Writable<HandshakeRow> = { ...paired(decodeHandshake(row, source, stage), row) }
    const answered = optionalFlag(row, 'x_answered', source)
    if (answered !== undefined) made.answered = answered
    const received = optionalNumber(row, 'x_bytes_received', source)
    if (received !== undefined && received >= 0) made.received = received
    return made
  })
}

/** Points of a curve, ascending in both values; anything else is no curve and is left out. */
function arrivalsOf(row: JsonRecord, source: string): readonly (readonly [number, number])[] {
  const points: [number, number][] = []
  for (const point of listOf(row, 'arrivals', source).slice(0, MAX_ARRIVALS)) {
    if (!Array.isArray(point)) throw wrongShape(`${source}/arrivals`, 'pairs of seconds and bytes', point)
    const [at, bytes] = point as readonly unknown[]
    if (typeof at !== 'number' || typeof bytes !== 'number' || !(at >= 0) || !(bytes >= 0)) continue
    const last = points.at(-1)
    if (last === undefined || (at > last[0] && bytes >= last[1])) points.push([at, bytes])
  }
  return points
}

function decodeTransfer(row: JsonRecord, source: string): TransferRow | undefined {
  const direction = oneOf(['down', 'up'] as const, optionalText(row, 'direction', source))
  const bytes = optionalNumber(row, 'bytes', source)
  const duration = optionalNumber(row, 'duration', source)
  if (direction === undefined || bytes === undefined || duration === undefined || bytes < 0 || duration < 0)
    return undefined
  const serverName = optionalText(row, 'server_name', source)
  const address = optionalText(row, 'address', source)
  const split = address === undefined ? undefined : splitEndpoint(address)
  const port = optionalPort(row, 'port', source)
  const status = optionalNumber(row, 'status', source)
  const failure = readFailure(row, source, 'http')
  const place = split ?? (address !== undefined && addressFamily(address) !== undefined ? { address, port } : undefined)
  return {
    ...paired(readTiming(row, source), row),
    direction,
    bytes,
    duration,
    ...(serverName ? { serverName } : undefined),
    ...(place && { address: place.address, ...(place.port !== undefined && { port: place.port }) }),
    ...(status !== undefined && { status }),
    arrivals: arrivalsOf(row, source),
    ...(failure && { failure }),
  }
}

function decodeTunnel(row: JsonRecord, source: string): TunnelRow | undefined {
  const protocol = oneOf(PROTOCOLS, optionalText(row, 'protocol', source))
  if (protocol === undefined) return undefined
  const transport = oneOf(['tcp', 'udp'] as const, optionalText(row, 'transport', source))
  const shape = oneOf(['protocol', 'shaped'] as const, optionalText(row, 'x_shape', source))
  const address = optionalText(row, 'address', source)
  const split = address === undefined ? undefined : splitEndpoint(address)
  const port = optionalPort(row, 'port', source)
  const failure = readFailure(row, source, 'tunnel')
  const place = split ?? (address !== undefined && addressFamily(address) !== undefined ? { address, port } : undefined)
  return {
    ...paired(readTiming(row, source), row),
    protocol,
    ...(transport && { transport }),
    ...(shape && { shape }),
    ...(place && place.port !== undefined && { address: place.address, port: place.port }),
    ...(failure && { failure }),
  }
}

/** Digests of a chain; what is no digest is passed over. */
function digestsOf(row: JsonRecord, source: string): readonly Sha256[] {
  const texts = listOf(row, 'certificates', source).slice(0, 16)
  return texts.flatMap((text) => (typeof text === 'string' && /^[0-9a-f]{64}$/.test(text) ? [parseSha256(text)] : []))
}

function pairsOf(control: JsonRecord, at: string): readonly ControlPair[] {
  return rowsOf(control, 'x_pairs', at, (row, source) => {
    const endpoint = optionalText(row, 'address', source)
    const split = endpoint === undefined ? undefined : splitEndpoint(endpoint)
    const network = oneOf(['tcp', 'udp'] as const, optionalText(row, 'network', source))
    const role = oneOf(NAME_ROLES, optionalText(row, 'role', source))
    if (split === undefined || network === undefined || role === undefined) return undefined
    const name = optionalText(row, 'server_name', source)
    const answered = optionalFlag(row, 'answered', source)
    const took = optionalNumber(row, 't', source)
    const failure = readFailure(row, source, network === 'tcp' ? 'tls' : 'quic')
    return {
      source,
      ...split,
      network,
      role,
      ...(name ? { serverName: name } : undefined),
      ...(answered !== undefined && { answered }),
      certificates: digestsOf(row, source),
      ...(took !== undefined && took >= 0 && took < 600 && { took }),
      ...(failure && { failure }),
    }
  })
}

/** The helper's answer for one endpoint, with the pairs that our own helper measures besides. */
function controlOf(endpoint: JsonRecord, at: string): HelperControl | undefined {
  const control = decodeControl(endpoint, at)
  const json = optionalRecord(endpoint, 'control', at)
  if (control === undefined || json === undefined) return undefined
  const place = `${at}/control`
  const page = optionalRecord(json, 'http_request', place)
  const first = page && optionalRecord(page, 'x_first', `${place}/http_request`)
  const status = first && optionalNumber(first, 'status_code', `${place}/http_request/x_first`)
  const location = first && optionalText(first, 'location', `${place}/http_request/x_first`)
  const took = first && optionalNumber(first, 't', `${place}/http_request/x_first`)
  return {
    ...control,
    pairs: pairsOf(json, place),
    // Without a status it is known that there was a first answer, and not what it was.
    ...(first && {
      first: {
        source: `${place}/http_request/x_first`,
        ...(status !== undefined && status > 0 && { status }),
        ...(location ? { location } : undefined),
        ...(took !== undefined && took >= 0 && took < 600 && { took }),
      },
    }),
  }
}

function decodeEndpoint(endpoint: JsonRecord, at: string): OperationSet {
  const host = optionalText(endpoint, 'host', at)
  const port = optionalPort(endpoint, 'port', at)
  const use = optionalText(endpoint, 'use', at)
  if (host === undefined || !/^[a-z0-9.:_-]{1,253}$/.test(host)) throw wrongValue(`${at}/host`, 'a host name')
  if (port === undefined) throw wrongValue(`${at}/port`, 'a port number')
  if (use === undefined || !/^[a-z]{1,20}$/.test(use)) throw wrongValue(`${at}/use`, 'what the endpoint is for')
  const control = controlOf(endpoint, at)
  const asked = endpoint['x_control_request']
  const url = isRecord(asked) ? asked['http_request'] : undefined
  return {
    ...NO_OPERATIONS,
    part: `${use} ${host}:${port}`,
    endpoint: { host, port, ...(typeof url === 'string' && url.length <= 2_000 ? { url } : undefined) },
    queries: decodeQueries(endpoint, 'queries', at),
    lateAnswers: decodeQueries(endpoint, 'x_dns_duplicate_responses', at),
    connects: rowsOf(endpoint, 'tcp_connect', at, (row, source) => {
      const made = decodeConnect(row, source)
      return made && paired(made, row)
    }),
    tlsHandshakes: handshakesOf(endpoint, 'tls_handshakes', at),
    quicHandshakes: handshakesOf(endpoint, 'quic_handshakes', at),
    requests: rowsOf(endpoint, 'requests', at, (row, source) => paired(decodeRequest(row, source), row)),
    transfers: rowsOf(endpoint, 'x_transfers', at, decodeTransfer),
    tunnels: rowsOf(endpoint, 'x_tunnels', at, decodeTunnel),
    ...(control && { control }),
  }
}

/**
 * A measurement of our own probe: one set for each endpoint, with its own control. It has no dialects: what
 * docs/formats/probe-measurement.md requires and is missing throws InputError.
 */
export function decodeKuager(testKeys: JsonRecord): readonly OperationSet[] {
  const list = listOf(testKeys, 'endpoints', AT)
  if (list.length > MAX_ENDPOINTS) throw wrongValue(`${AT}/endpoints`, `at most ${MAX_ENDPOINTS} endpoints`)
  return list.flatMap((value, index) => {
    const at = `${AT}/endpoints/${index}`
    const endpoint = readRecord(value, at)
    return endpoint === undefined ? [] : [decodeEndpoint(endpoint, at)]
  })
}
