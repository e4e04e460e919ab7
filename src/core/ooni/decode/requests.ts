import { withoutTrailing } from '../../model/trailing.ts'
import { splitEndpoint } from '../../model/address.ts'
import type { Failure } from '../../model/measured/failure.ts'
import { blobText, readBlob, type BodyValue } from '../binary.ts'
import {
  isRecord,
  listOf,
  notKnown,
  optionalFlag,
  optionalNumber,
  optionalRecord,
  optionalText,
  readRecord,
  rowsOf,
  wrongShape,
  wrongValue,
  type JsonRecord,
  type Writable,
} from './decoder.ts'
import { readFailure } from './read-failure.ts'
import { addTiming, NO_TAGS, type Timing } from './timing.ts'

/** Name in lower case, value as text. */
export type HeaderRow = readonly [string, string]

export interface ResponseRow {
  /** Absent in clients that left it out. */
  readonly status?: number
  readonly headers: readonly HeaderRow[]
  readonly body?: BodyValue
  readonly truncated: boolean
}

/** One HTTP exchange. Source: OONI data format df-001-httpt. */
export interface RequestRow extends Timing {
  readonly url?: string
  /** The Host header, for clients that left the URL out. */
  readonly hostHeader?: string
  readonly method: string
  readonly address?: string
  readonly port?: number
  readonly overQuic: boolean
  /** Carried by Tor: the old tests' uncensored vantage point. */
  readonly overTor: boolean
  readonly response?: ResponseRow
  readonly failure?: Failure
}

/** Headers of one answer that are read. */
const MAX_HEADERS = 500

function headerText(value: unknown, path: string): string {
  const blob = readBlob(value, path)
  const text = blob === undefined ? '' : blob.kind === 'text' ? blob.text : blobText(blob)
  return withoutTrailing(text, '\0')
}

function pairsOf(list: readonly unknown[], at: string): readonly HeaderRow[] {
  const headers: HeaderRow[] = []
  for (let i = 0; i < list.length && i < MAX_HEADERS; i++) {
    const pair = list[i]
    if (Array.isArray(pair) && pair.length === 0) continue
    if (!Array.isArray(pair)) {
      notKnown(wrongShape(`${at}/${i}`, 'a header as a pair', pair))
      continue
    }
    const name = headerText(pair[0], `${at}/${i}/0`).toLowerCase()
    const several: readonly unknown[] = Array.isArray(pair[1]) ? pair[1] : [pair[1]]
    for (const value of several) headers.push([name, headerText(value, `${at}/${i}/1`)])
  }
  return headers
}

/** Headers of a message: the list where it stands, else the object, whose values may be lists. */
export function readHeaders(message: JsonRecord, at: string): readonly HeaderRow[] {
  const list = listOf(message, 'headers_list', at)
  if (list.length > 0) return pairsOf(list, `${at}/headers_list`)
  const headers = message['headers']
  if (headers === null || headers === undefined) return []
  if (Array.isArray(headers)) return pairsOf(headers, `${at}/headers`)
  const record = readRecord(headers, `${at}/headers`) ?? {}
  const rows: HeaderRow[] = []
  let read = 0
  for (const name of Object.keys(record)) {
    if (read++ === MAX_HEADERS) break
    const value = record[name]
    const several: readonly unknown[] = Array.isArray(value) ? value : [value]
    for (const one of several) rows.push([name.toLowerCase(), headerText(one, `${at}/headers/${name}`)])
  }
  return rows
}

function decodeResponse(from: JsonRecord, source: string): ResponseRow | undefined {
  const response = optionalRecord(from, 'response', source)
  if (response === undefined) return undefined
  const at = `${source}/response`
  const stated = optionalNumber(response, 'code', at)
  const isStatus = stated === undefined || (Number.isInteger(stated) && stated >= -1 && stated <= 999)
  const code = isStatus ? stated : notKnown(wrongValue(`${at}/code`, 'a status'))
  const headers = readHeaders(response, at)
  const body = readBlob(response['body'], `${at}/body`)
  if (code === undefined ? headers.length === 0 && body === undefined : code <= 0) return undefined
  const truncated = optionalFlag(response, 'body_is_truncated', at) === true
  const made: Writable<ResponseRow> = { headers, truncated }
  if (code !== undefined) made.status = code
  if (body !== undefined) made.body = body
  return made
}

function hostHeaderOf(request: JsonRecord, at: string): string | undefined {
  const host = readHeaders(request, at).find(([name]) => name === 'host')?.[1]
  return host === undefined || host === '' ? undefined : host
}

/** Decodes one exchange. */
export function decodeRequest(row: JsonRecord, source: string): RequestRow {
  const request = optionalRecord(row, 'request', source) ?? {}
  const at = `${source}/request`
  const url = optionalText(request, 'url', at)
  const hostHeader = url === undefined || url === '' ? hostHeaderOf(request, at) : undefined
  const endpoint = optionalText(row, 'address', source)
  const split = endpoint ? splitEndpoint(endpoint) : undefined
  const network = optionalText(row, 'network', source)
  const response = decodeResponse(row, source)
  const failure = readFailure(row, source, 'http')
  const tor = request['tor']
  const overTor = isRecord(tor) && tor['is_tor'] === true
  const made: Writable<RequestRow> = { source, tags: NO_TAGS, method: 'GET', overQuic: false, overTor }
  addTiming(made, row)
  made.method = (optionalText(request, 'method', at) || 'GET').trim().toUpperCase().slice(0, 20)
  made.overQuic = network === 'udp' || optionalText(request, 'x_transport', at) === 'udp' || row['alpn'] === 'h3'
  if (url) made.url = url
  if (hostHeader) made.hostHeader = hostHeader
  if (split !== undefined) {
    made.address = split.address
    made.port = split.port
  }
  if (response !== undefined) made.response = response
  if (failure !== undefined) made.failure = failure
  return made
}

/** Exchanges of one list, newest first as written. */
export const decodeRequests = (from: JsonRecord, key: string, at: string): readonly RequestRow[] =>
  rowsOf(from, key, at, decodeRequest)
