import type { Standing } from '../standing.ts'
import type { Sha256 } from '../units.ts'

/**
 * Why a collector does not take a measurement. The first four are OONI's; `legacy_format` and `legacy_inconsistent` are
 * answered in OONI's older words. Every one of them is final: the same bytes will be refused again.
 */
export const REFUSALS = [
  'bad_metadata',
  'asn_0',
  'asn_invalid',
  'cc_zz',
  'legacy_format',
  'legacy_inconsistent',
  'bad_encoding',
  'too_large',
  'too_costly',
  'not_json',
  'too_deep',
  'bad_format',
  'bad_time',
  'time_ahead',
  'time_old',
  'probe_ip',
  'address_in_body',
  'probe_mismatch',
  'simulated',
  'not_simulated',
  'bad_invitation',
  'erased',
] as const
export type Refusal = (typeof REFUSALS)[number]

/** How OONI words what a collector makes of a signature. */
export type Verification = 'verified' | 'failed' | 'unverified'

/** What became of a submitted measurement. */
export type Received =
  | {
      /** `known`: these very bytes were here before. Both are on disk. */
      readonly kind: 'added' | 'known'
      readonly id: Sha256
      readonly leafIndex: number
      readonly measurementUid: string
      readonly reportId: string
      readonly verification: Verification
      /** What is known of who sent it now; of the bytes of a `known` one, what was known when they first came stays. */
      readonly standing: Standing
    }
  | { readonly kind: 'refused'; readonly code: Refusal; readonly message: string }
  /** Nothing is wrong with it: to be sent again later. */
  | { readonly kind: 'later'; readonly why: 'sender' | 'full'; readonly seconds: number }
  /** The collector has no space for it, or its clock is wrong. */
  | {
      readonly kind: 'later'
      readonly why: 'no_room' | 'clock'
      readonly message: string
      readonly seconds: number
    }

/** Whether a sender may send; `prefix` stands for the sender's part of the network, today and in memory alone. */
export type Admitted = { readonly kind: 'admitted'; readonly prefix?: string } | (Received & { readonly kind: 'later' })

/** A measurement as it came in over HTTP. */
export interface Posted {
  readonly body: Uint8Array
  /** Header `content-encoding`, in lower case; '' where there is none. */
  readonly encoding: string
  /** Address of the sender, in memory only; undefined if unknown. */
  readonly sender: string | undefined
  /** From `Admitted`. */
  readonly prefix?: string
  /** Of the older protocol, the report it belongs to. */
  readonly report?: string
  /** Header `x-kuager-invitation`. */
  readonly invitation?: string
  /** Header `x-kuager-vouch`. */
  readonly vouch?: string
}
