import type { Layer } from '../../core/model/measured/mechanism.ts'
import type { ChainState, NameRole, Side } from '../../core/model/measured/observation.ts'
import type { Instant } from '../../core/model/units.ts'

/** Halves of pairs that are said; the name under test, and the protocol itself, go without saying. */
export const HALVES = ['innocent', 'crossed', 'neighbour', 'shaped'] as const satisfies readonly (
  Exclude<NameRole, 'target'> | 'shaped'
)[]

/** One operation of a measurement, as pages and charts show it. */
export interface OperationEntry {
  readonly layer: Layer
  readonly side: Side
  /** Name, URL or endpoint. */
  readonly target: string
  /** JSON pointer into the measurement. */
  readonly source: string
  readonly hop: number
  /** Seconds since the start of the measurement, where recorded. */
  readonly began?: number
  readonly ended?: number
  readonly failure?: string
  readonly status?: number
  /** Which half of a pair it was, where it was not the name under test to its own address. */
  readonly half?: (typeof HALVES)[number]
}

/** The endpoint of our own probe's measurement that an operation belongs to, by its pointer; undefined for any other. */
export const endpointOf = ({ source }: Pick<OperationEntry, 'source'>): string | undefined =>
  /^\/test_keys\/endpoints\/(\d+)\//.exec(source)?.[1]

/** A leaf certificate that a handshake kept, with the names it was shown for. */
export interface CertificateEntry {
  readonly names: readonly string[]
  readonly subject: string
  readonly issuer: string
  readonly organisation: string
  readonly chain: ChainState
  readonly sha256?: string
  readonly notBefore?: Instant
  readonly notAfter?: Instant
  readonly nameMatches?: boolean
}
