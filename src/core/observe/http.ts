import { addressFamily } from '../model/address.ts'
import type { HttpObservation } from '../model/measured/observation.ts'
import { NOTHING_READ } from '../model/measured/page-reading.ts'
import { blobLength, blobText } from '../ooni/binary.ts'
import type { Writable } from '../ooni/decode/decoder.ts'
import type { HeaderRow, RequestRow, ResponseRow } from '../ooni/decode/requests.ts'
import { carry, type Context } from './context.ts'
import { nameOf } from './name.ts'
import type { RequestUrl } from './request-url.ts'
import { titleOf } from './title.ts'

function headerOf(headers: readonly HeaderRow[], name: string): string | undefined {
  for (const header of headers) if (header[0] === name) return header[1]
  return undefined
}

/** Adds what came back. A page is only a page where a person would see one: its title is read with any type. */
function addAnswer(made: Writable<HttpObservation>, response: ResponseRow, { readings }: Context): void {
  made.bodyTruncated = response.truncated
  if (response.status !== undefined) made.status = response.status
  if (readings !== undefined) {
    made.read = readings.get(made.source) ?? NOTHING_READ
    return
  }
  made.headers = response.headers
  const location = headerOf(response.headers, 'location')
  if (location !== undefined && location !== '') made.location = location
  if (response.body === undefined) return
  const body = blobText(response.body, headerOf(response.headers, 'content-type'))
  const title = titleOf(body)
  if (title !== undefined) made.title = title
  made.bodyBytes = blobLength(response.body)
  made.body = body
}

const NO_HEADERS: readonly HeaderRow[] = []

interface StatedHost {
  readonly host: string
  readonly port?: number
}

/** Host of an exchange whose URL an old client left out, from the Host header. */
function hostFromHeader(row: RequestRow): StatedHost | undefined {
  const match = row.hostHeader === undefined ? null : /^\[?([^\]]+?)\]?(?::(\d{1,5}))?$/.exec(row.hostHeader)
  if (match === null) return undefined
  const host = nameOf(match[1]!) // group 1 is required
  return match[2] === undefined ? { host } : { host, port: Number(match[2]) }
}

interface Where {
  readonly address?: string
  readonly port?: number
  readonly origin: HttpObservation['origin']
}

/** Address used: as recorded, by the flow, or in the URL; else only how the name was resolved. */
function whereOf(
  row: RequestRow,
  parsed: RequestUrl | undefined,
  stated: StatedHost | undefined,
  context: Context,
): Where {
  if (parsed?.literal !== undefined) return { address: parsed.literal, port: parsed.port, origin: 'literal' }
  if (stated !== undefined && addressFamily(stated.host) !== undefined)
    return { address: stated.host, port: stated.port ?? 80, origin: 'literal' }
  const { address, port } = row
  if (address !== undefined && port !== undefined) return { address, port, origin: context.book.originOf(address) }
  const flow =
    row.transaction === undefined ? [] : context.set.connects.filter((tcp) => tcp.transaction === row.transaction)
  const only = flow.length === 1 ? flow[0] : undefined
  if (only !== undefined) return { address: only.address, port: only.port, origin: context.book.originOf(only.address) }
  const origin = context.book.originOfName(parsed?.host ?? stated?.host)
  return parsed === undefined ? { origin } : { port: parsed.port, origin }
}

/** An exchange as a row, by its place in the set; one carried by Tor is a look from elsewhere, so a control. */
export function observeHttp(row: RequestRow, index: number, context: Context): HttpObservation {
  const parsed = context.urls[index]
  const stated = parsed === undefined ? hostFromHeader(row) : undefined
  const host = parsed?.host ?? stated?.host
  const where = whereOf(row, parsed, stated, context)
  const made: Writable<HttpObservation> = {
    kind: 'http',
    source: row.source,
    side: row.overTor ? 'control' : 'probe',
    hop: context.hops.ofRequest(index),
    part: context.partOf(host, where.address, where.port),
    method: row.method,
    origin: where.origin,
    overQuic: row.overQuic,
    headers: NO_HEADERS,
    bodyTruncated: false,
  }
  carry(made, row)
  if (parsed !== undefined) {
    made.url = parsed.url
    made.scheme = parsed.scheme
  }
  if (host !== undefined) made.host = host
  if (where.address !== undefined) made.address = where.address
  if (where.port !== undefined) made.port = where.port
  if (row.role !== undefined) made.role = row.role
  if (row.response !== undefined) addAnswer(made, row.response, context)
  return made
}
