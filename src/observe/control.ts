import type { Address, HttpObservation, Observation } from '../model/observation.ts'
import type { Control, ControlEndpoint, ControlPage } from '../ooni/control.ts'
import type { Context } from './context.ts'
import { nameOf } from './name.ts'
import { foldTitle } from './title.ts'

const common = (source: string) => ({ source, side: 'control', hop: 0, part: 'url' }) as const

function addressOf(address: string, context: Context): Address {
  const asn = context.book.asnOf(address)
  const family = address.includes(':') ? 6 : 4 // the decoded list holds addresses only
  return asn === undefined ? { family, address } : { family, address, asn }
}

const endpoint = (row: ControlEndpoint, context: Context) => ({
  ...common(row.source),
  ...(row.failure && { failure: row.failure }),
  address: row.address,
  port: row.port,
  family: row.address.includes(':') ? (6 as const) : (4 as const),
  origin: context.book.originOf(row.address),
})

const handshake = (row: ControlEndpoint, context: Context) => ({
  ...endpoint(row, context),
  ...(row.serverName === undefined ? undefined : { name: nameOf(row.serverName) }),
  role: 'target' as const,
  certificates: [],
  chain: 'none' as const,
  verified: true,
})

function page(row: ControlPage, context: Context): HttpObservation {
  const title = row.title === undefined ? undefined : foldTitle(row.title)
  const { input } = context
  return {
    kind: 'http',
    ...common(row.source),
    ...(row.failure && { failure: row.failure }),
    ...(input && { url: input.url, host: input.host, scheme: input.scheme }),
    method: 'GET',
    origin: 'helper',
    overQuic: row.overQuic,
    ...(row.status === undefined ? undefined : { status: row.status }),
    headers: row.headers,
    ...(title === undefined ? undefined : { title }),
    ...(row.bodyBytes === undefined ? undefined : { bodyBytes: row.bodyBytes }),
    bodyTruncated: false,
  }
}

function lookup(control: Control, context: Context): readonly Observation[] {
  const { lookup: row } = control
  const { input } = context
  // The helper looks up no name where the URL has none.
  if (row === undefined || input === undefined || input.literal !== undefined) return []
  return [
    {
      kind: 'dns',
      ...common(row.source),
      ...(row.failure && { failure: row.failure }),
      name: input.host,
      queryType: 'ANY',
      resolver: 'doh',
      answers: row.addresses.map((address) => addressOf(address, context)),
      canonicalNames: row.canonicalNames.map(nameOf),
      duplicate: false,
    },
  ]
}

/** What the test helper saw, as rows of the control side. It follows redirects and reports the last page only. */
export function observeControl(control: Control, context: Context): readonly Observation[] {
  const { input } = context
  const name = input === undefined || input.literal !== undefined ? undefined : { name: input.host }
  return [
    ...lookup(control, context),
    ...control.connects.map((row) => ({ kind: 'tcp' as const, ...endpoint(row, context), ...name })),
    ...control.tlsHandshakes.map((row) => ({ kind: 'tls' as const, ...handshake(row, context) })),
    ...control.quicHandshakes.map((row) => ({ kind: 'quic' as const, ...handshake(row, context) })),
    ...control.pages.map((row) => page(row, context)),
  ]
}
