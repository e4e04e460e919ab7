import type { Control } from '../ooni/control.ts'
import type { Nettest } from '../ooni/nettests.ts'
import type { OperationSet } from '../ooni/operations.ts'
import type { Timing } from '../ooni/timing.ts'
import type { Instant } from '../model/units.ts'
import type { Failure } from '../model/failure.ts'
import type { AddressBook } from './address-book.ts'
import type { Certificates } from './certificates.ts'
import type { Hops } from './hops.ts'
import type { PartOf } from './parts.ts'
import type { RequestUrl } from './request-url.ts'

/** What the makers of rows know about the set of operations at hand. */
export interface Context {
  readonly nettest: Nettest
  readonly startedAt: Instant
  readonly set: OperationSet
  /** The input as a URL, where it is one. */
  readonly input?: RequestUrl
  readonly book: AddressBook
  readonly hops: Hops
  readonly partOf: PartOf
  readonly certificates: Certificates
  readonly control?: Control
}

type Rest = Pick<Timing, 'source' | 'startedAt' | 'endedAt' | 'transaction'> & { readonly failure?: Failure }
type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** The fields that every row of the probe's side takes over as they are. */
export function carried(row: Timing & { readonly failure?: Failure }): Rest {
  const rest: Writable<Rest> = { source: row.source }
  if (row.startedAt !== undefined) rest.startedAt = row.startedAt
  if (row.endedAt !== undefined) rest.endedAt = row.endedAt
  if (row.transaction !== undefined) rest.transaction = row.transaction
  if (row.failure !== undefined) rest.failure = row.failure
  return rest
}
