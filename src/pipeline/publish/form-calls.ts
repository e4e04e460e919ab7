import type { Sha256 } from '../../core/model/units.ts'
import type { Aside } from '../../core/ooni/decode/aside.ts'
import type { RedactedField } from '../../core/ooni/publish/redacted-fields.ts'
import type { JudgedForm } from '../judge/judged-once.ts'
import type { HeldMeasurement } from './publish.ts'

/** What a thread that makes forms for bundles is started with. */
export interface FormSetup {
  /** The data folder, whose values that are common are read; absent where forms are only judged: then none is common. */
  readonly folder?: string
  /** Files of the tables by name, as `parseDerivationTables` takes them. */
  readonly tables: ReadonlyMap<string, Uint8Array>
}

export interface LoggedCall {
  readonly measurement: HeldMeasurement
  readonly logged: Sha256
}

/** Bytes of a measurement as received, or of a form. */
export interface BytesCall {
  readonly bytes: Uint8Array
}

export interface FormReply {
  readonly judged:
    | JudgedForm
    | Aside
    /** A field that is read has a wrong type. */
    | {
        readonly kind: 'unreadable'
        readonly message: string
        readonly code: string
        readonly path: string
        readonly expected: string
      }
  /** Roots of certificates that were read, as PEM. */
  readonly roots: readonly string[]
}

/** The answers of our own thread: their shape is this file's, not one from outside. */
export const decodeLoggedReply = (value: unknown): Uint8Array | undefined => value as Uint8Array | undefined
export const decodeRedactedReply = (value: unknown): readonly RedactedField[] => value as readonly RedactedField[]
export const decodeFormReply = (value: unknown): FormReply => value as FormReply
