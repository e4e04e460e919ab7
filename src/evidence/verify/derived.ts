import type { BundleParts } from './bundle-parts.ts'
import type { BundleSource } from './bundle-source.ts'
import type { LoggedRevision } from './step-custody.ts'

/** What deriving again is given. Bytes are public forms whose digests stand in the log; the rest is as the bundle says. */
export interface DerivedInput {
  readonly source: BundleSource
  readonly parts: BundleParts
  /** Logged revisions, by leaf. */
  readonly revisions: readonly LoggedRevision[]
  /** Measurements judged again so far, of all. */
  readonly onProgress?: (done: number, total: number) => void
}

/** What deriving again found, by step; an empty list: nothing differs. */
export interface Derived {
  readonly verdicts: DerivedStep
  readonly incident: DerivedStep
  readonly weight: DerivedStep
  readonly published: DerivedStep
}

export type DerivedStep =
  | {
      readonly kind: 'compared'
      /** How many verdicts, fields or items were compared. */
      readonly count: number
      /** A leaf or a field that differs. */
      readonly differences: readonly {
        readonly what: 'verdict' | 'observations' | 'judged' | 'field'
        readonly about: string
      }[]
      /** Words of the conclusion, for the sentence of the step. */
      readonly values?: Readonly<Record<string, string | number>>
    }
  | {
      readonly kind: 'not-compared'
      readonly reason: 'no-incident' | 'too-many' | 'unread' | 'settled' | 'rules'
      readonly about?: string
    }

/** Judges, detects and weighs again: passed in, since the room of evidence knows nothing of how anything is judged. */
export type DeriveAgain = (input: DerivedInput) => Promise<Derived>
