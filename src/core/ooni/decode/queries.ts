import { addressFamily } from '../../model/address.ts'
import { normaliseFailure } from './normalise-failure.ts'
import type { Failure } from '../../model/measured/failure.ts'
import type { Asn } from '../../model/units.ts'
import {
  listOf,
  optionalAsn,
  optionalPort,
  optionalText,
  rowsOf,
  wrongSoFar,
  type JsonRecord,
  type Writable,
} from './decoder.ts'
import { readFailure } from './read-failure.ts'
import { addTiming, NO_TAGS, type Timing } from './timing.ts'

export interface AnswerRow {
  readonly address?: string
  readonly canonicalName?: string
  readonly asn?: Asn
}

/** One DNS lookup. Source: OONI data format df-002-dnst. */
export interface QueryRow extends Timing {
  readonly hostname: string
  readonly queryType: string
  readonly resolver: 'system' | 'udp' | 'tcp' | 'dot' | 'doh' | 'unknown'
  readonly resolverAddress?: string
  readonly answers: readonly AnswerRow[]
  readonly failure?: Failure
}

const SYSTEM = new Set(['system', 'getaddrinfo', 'golang_net_resolver', 'unknown', ''])
const WIRE = new Set(['udp', 'tcp', 'dot', 'doh'] as const)
type Wire = 'udp' | 'tcp' | 'dot' | 'doh'
const isWire = (engine: string): engine is Wire => (WIRE as ReadonlySet<string>).has(engine)

function resolverOf(engine: string | undefined, askedHost: string | undefined): QueryRow['resolver'] {
  if (engine !== undefined && isWire(engine)) return engine
  if (askedHost !== undefined && askedHost !== '') return 'udp'
  return engine === undefined || SYSTEM.has(engine) ? 'system' : 'unknown'
}

function decodeAnswer(row: JsonRecord, source: string): AnswerRow | undefined {
  const type = optionalText(row, 'answer_type', source)
  const address = type === 'AAAA' ? optionalText(row, 'ipv6', source) : optionalText(row, 'ipv4', source)
  const asn = optionalAsn(row, 'asn', source)
  if (address !== undefined && addressFamily(address) !== undefined)
    return asn === undefined ? { address } : { address, asn }
  const name = type === 'CNAME' ? optionalText(row, 'hostname', source) : undefined
  return name === undefined ? undefined : { canonicalName: name }
}

function decodeQuery(row: JsonRecord, source: string): QueryRow | undefined {
  const hostname = optionalText(row, 'hostname', source)
  if (hostname === undefined || hostname === '') return undefined
  const before = wrongSoFar()
  const host = optionalText(row, 'resolver_hostname', source)
  const resolver = resolverOf(optionalText(row, 'engine', source), host)
  const type = optionalText(row, 'query_type', source)
  const count = listOf(row, 'answers', source).length
  // Who was asked and what came back has a meaning where it is absent, and none where it cannot be read.
  if (wrongSoFar() !== before) return undefined
  // The system gives an address back without asking a server: no lookup took place.
  if (resolver === 'system' && addressFamily(hostname) !== undefined) return undefined
  const port = optionalPort(row, 'resolver_port', source)
  const resolverAddress = optionalText(row, 'resolver_address', source) || (host && `${host}:${port ?? 53}`)
  const answers = rowsOf(row, 'answers', source, decodeAnswer)
  const failure = readFailure(row, source, 'dns')
  // Only clients that ask for one type write an empty answer as a success; the others have a word for it.
  const empty = failure === undefined && type !== 'ANY' && count === 0
  const query: Writable<QueryRow> = { source, tags: NO_TAGS, hostname, queryType: 'A', resolver, answers }
  addTiming(query, row)
  if (type !== undefined) query.queryType = type
  if (resolverAddress) query.resolverAddress = resolverAddress
  if (failure !== undefined) query.failure = failure
  else if (empty) query.failure = EMPTY
  return query
}

/** An answer without any address, which old clients write as a success. */
const EMPTY: Failure = normaliseFailure('dns_no_answer', 'dns')! // the word is in the closed set

/** Lookups of one list; rows without a name are passed over. */
export const decodeQueries = (from: JsonRecord, key: string, at: string): readonly QueryRow[] =>
  rowsOf(from, key, at, decodeQuery)
export const decodeOneQuery = decodeQuery
