import { defined } from '../model/defined.ts'
import type {
  Address,
  CertificateFacts,
  DnsObservation,
  HttpObservation,
  Observation,
  QuicObservation,
  TcpObservation,
  TlsObservation,
} from '../model/measured/observation.ts'
import type { HelperControl, ControlEndpoint, ControlLookup, ControlPage, ControlPair } from '../ooni/decode/control.ts'
import { seconds } from '../model/units.ts'
import type { Writable } from '../ooni/decode/decoder.ts'
import type { Context } from './context.ts'
import { nameOf } from './name.ts'
import { foldTitle } from './title.ts'

const NO_CERTIFICATES: readonly CertificateFacts[] = []

/** The control of a test of one URL is about that; our own probe has one for each endpoint. */
const partOf = (context: Context): string => context.set.part ?? 'url'

function addressOf(address: string, context: Context): Address {
  const asn = context.book.asnOf(address)
  const family = address.includes(':') ? 6 : 4 // the decoded list holds addresses only
  return asn === undefined ? { family, address } : { family, address, asn }
}

function connect(row: ControlEndpoint, context: Context): TcpObservation {
  const { source, address, port, failure } = row
  const { input } = context
  const made: Writable<TcpObservation> = {
    kind: 'tcp',
    source,
    side: 'control',
    hop: 0,
    part: partOf(context),
    address,
    port,
    family: address.includes(':') ? 6 : 4,
    origin: context.book.originOf(address),
  }
  if (failure !== undefined) made.failure = failure
  if (input !== undefined && input.literal === undefined) made.name = input.host
  return made
}

function handshake(kind: 'tls' | 'quic', row: ControlEndpoint, context: Context): TlsObservation | QuicObservation {
  const { source, address, port, failure, serverName } = row
  const made: Writable<TlsObservation | QuicObservation> = {
    kind,
    source,
    side: 'control',
    hop: 0,
    part: partOf(context),
    address,
    port,
    family: address.includes(':') ? 6 : 4,
    origin: context.book.originOf(address),
    role: 'target',
    certificates: NO_CERTIFICATES,
    chain: 'none',
    verified: true,
  }
  if (failure !== undefined) made.failure = failure
  if (serverName !== undefined) made.name = nameOf(serverName)
  return made
}

/** One half of a pair as the helper measured it: a duration, which belongs to no moment of the probe's clock. */
function half(row: ControlPair, context: Context): TlsObservation | QuicObservation {
  const made: Writable<TlsObservation | QuicObservation> = {
    ...handshake(row.network === 'tcp' ? 'tls' : 'quic', row, context),
    role: row.role,
  }
  if (row.answered !== undefined) made.answered = row.answered
  if (row.certificates.length > 0) made.digests = row.certificates
  if (row.took !== undefined) {
    made.startedAt = seconds(0)
    made.endedAt = seconds(row.took)
  }
  return made
}

/** The first answer of the chain that the helper followed. */
function firstAnswer(first: NonNullable<HelperControl['first']>, context: Context): HttpObservation {
  const made: Writable<HttpObservation> = {
    ...page(
      { source: first.source, overQuic: false, headers: NO_HEADERS, ...defined({ status: first.status }) },
      context,
    ),
    first: true,
  }
  if (first.location !== undefined) made.location = first.location
  if (first.took !== undefined) {
    made.startedAt = seconds(0)
    made.endedAt = seconds(first.took)
  }
  return made
}

const NO_HEADERS: ControlPage['headers'] = []

function page(row: ControlPage, context: Context): HttpObservation {
  const title = row.title === undefined ? undefined : foldTitle(row.title)
  const { input } = context
  const made: Writable<HttpObservation> = {
    kind: 'http',
    source: row.source,
    side: 'control',
    hop: 0,
    part: partOf(context),
    method: 'GET',
    origin: 'helper',
    overQuic: row.overQuic,
    headers: row.headers,
    bodyTruncated: false,
  }
  if (row.failure !== undefined) made.failure = row.failure
  if (input !== undefined) {
    made.url = input.url
    made.host = input.host
    made.scheme = input.scheme
  }
  if (row.status !== undefined) made.status = row.status
  if (title !== undefined) made.title = title
  if (row.bodyBytes !== undefined) made.bodyBytes = row.bodyBytes
  return made
}

/** What the helper looked up; nothing where the URL has no name. */
function lookup(row: ControlLookup, context: Context): DnsObservation | undefined {
  const { input } = context
  if (input === undefined || input.literal !== undefined) return undefined
  const made: Writable<DnsObservation> = {
    kind: 'dns',
    source: row.source,
    side: 'control',
    hop: 0,
    part: partOf(context),
    name: input.host,
    queryType: 'ANY',
    resolver: 'doh',
    answers: row.addresses.map((address) => addressOf(address, context)),
    canonicalNames: row.canonicalNames.map(nameOf),
    duplicate: false,
  }
  if (row.failure !== undefined) made.failure = row.failure
  return made
}

/** Adds what the test helper saw, as rows of the control side. It follows redirects and reports the last page only. */
export function pushControl(rows: Observation[], control: HelperControl, context: Context): void {
  const asked = control.lookup && lookup(control.lookup, context)
  if (asked !== undefined) rows.push(asked)
  for (const row of control.connects) rows.push(connect(row, context))
  for (const row of control.tlsHandshakes) rows.push(handshake('tls', row, context))
  for (const row of control.quicHandshakes) rows.push(handshake('quic', row, context))
  for (const row of control.pages) rows.push(page(row, context))
  if (control.first !== undefined) rows.push(firstAnswer(control.first, context))
  for (const row of control.pairs ?? []) rows.push(half(row, context))
}
