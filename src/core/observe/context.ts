import type { PageReading } from '../model/measured/page-reading.ts'
import type { Writable } from '../ooni/decode/decoder.ts'
import type { Nettest } from '../ooni/decode/nettests.ts'
import type { OperationSet } from '../ooni/decode/operations.ts'
import type { Timing } from '../ooni/decode/timing.ts'
import type { Instant } from '../model/units.ts'
import type { Failure } from '../model/measured/failure.ts'
import type { AddressBook } from './address-book.ts'
import type { Certificates } from '../x509/certificates.ts'
import type { Hops } from './hops.ts'
import type { PartOf } from './parts.ts'
import type { RequestUrl, RequestUrls } from './request-url.ts'

/** What the makers of rows know about the set of operations at hand. */
export interface Context {
  readonly nettest: Nettest
  readonly startedAt: Instant
  readonly set: OperationSet
  /** The input as a URL, where it is one. */
  readonly input: RequestUrl | undefined
  /** URLs of the requests of the set, each in its place. */
  readonly urls: RequestUrls
  readonly book: AddressBook
  readonly hops: Hops
  readonly partOf: PartOf
  readonly certificates: Certificates
  /** Where what servers sent is withheld. */
  readonly readings: ReadonlyMap<string, PageReading> | undefined
}

type Carried = Pick<Timing, 'startedAt' | 'endedAt' | 'transaction' | 'round'> & { readonly failure?: Failure }

/** Adds the fields that every row of the probe's side takes over as they are. */
export function carry(made: Writable<Carried>, row: Carried): void {
  if (row.startedAt !== undefined) made.startedAt = row.startedAt
  if (row.endedAt !== undefined) made.endedAt = row.endedAt
  if (row.transaction !== undefined) made.transaction = row.transaction
  if (row.round !== undefined) made.round = row.round
  if (row.failure !== undefined) made.failure = row.failure
}
