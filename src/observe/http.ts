import { addressFamily } from '../model/address.ts'
import type { HttpObservation } from '../model/observation.ts'
import { blobLength, blobText } from '../ooni/binary.ts'
import type { HeaderRow, RequestRow, ResponseRow } from '../ooni/requests.ts'
import { carried, type Context } from './context.ts'
import { nameOf } from './name.ts'
import { parseRequestUrl, type RequestUrl } from './request-url.ts'
import { titleOf } from './title.ts'

type Answer = Pick<
  HttpObservation,
  'status' | 'headers' | 'location' | 'title' | 'bodyBytes' | 'bodyTruncated' | 'body'
>
type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

const headerOf = (headers: readonly HeaderRow[], name: string): string | undefined =>
  headers.find((header) => header[0] === name)?.[1]

/** What came back. A page is only a page where a person would see one: its title is read whatever its type says. */
function answerOf(response: ResponseRow | undefined): Answer {
  if (response === undefined) return { headers: [], bodyTruncated: false }
  const answer: Writable<Answer> = { headers: response.headers, bodyTruncated: response.truncated }
  if (response.status !== undefined) answer.status = response.status
  const location = headerOf(response.headers, 'location')
  if (location !== undefined && location !== '') answer.location = location
  if (response.body !== undefined) {
    const body = blobText(response.body, headerOf(response.headers, 'content-type'))
    const title = titleOf(body)
    if (title !== undefined) answer.title = title
    answer.bodyBytes = blobLength(response.body)
    answer.body = body
  }
  return answer
}

interface StatedHost {
  readonly host: string
  readonly port?: number
}

/** Host of an exchange whose URL an old client left out, from the Host header. */
function hostFromHeader(row: RequestRow): StatedHost | undefined {
  const match = row.hostHeader === undefined ? null : /^\[?([^\]]+?)\]?(?::(\d{1,5}))?$/.exec(row.hostHeader)
  if (match === null) return undefined
  return { host: nameOf(match[1]!), ...(match[2] === undefined ? undefined : { port: Number(match[2]) }) } // group 1 is required
}

interface Where {
  readonly address?: string
  readonly port?: number
  readonly origin: HttpObservation['origin']
}

/** Address used: as recorded, by the flow, or standing in the URL; else only how the name was resolved. */
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
  return { ...(parsed && { port: parsed.port }), origin: context.book.originOfName(parsed?.host ?? stated?.host) }
}

/** An exchange as a row; one carried by Tor is a look from elsewhere, so a control. */
export function observeHttp(row: RequestRow, context: Context): HttpObservation {
  const parsed = row.url === undefined ? undefined : parseRequestUrl(row.url)
  const stated = parsed === undefined ? hostFromHeader(row) : undefined
  const host = parsed?.host ?? stated?.host
  const where = whereOf(row, parsed, stated, context)
  const place = { ...(host === undefined ? undefined : { name: host }), ...where }
  return {
    kind: 'http',
    ...carried(row),
    side: row.overTor ? 'control' : 'probe',
    hop: context.hops.ofRequest(row),
    part: context.partOf(place),
    ...(parsed && { url: parsed.url, scheme: parsed.scheme }),
    ...(host === undefined ? undefined : { host }),
    method: row.method,
    ...where,
    overQuic: row.overQuic,
    ...answerOf(row.response),
  }
}
