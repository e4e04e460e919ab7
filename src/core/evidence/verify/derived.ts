import type { BundleMeasurement, BundleObservations, BundleVerdict, Program } from '../../model/incident/bundle.ts'

// What deriving again is given and gives. The room of evidence knows nothing of how anything is judged: the function is
// passed in, and is `rederive` of src/core/derive/rederive.ts, whose words these are.

/** Files of a bundle from which everything is derived again. */
export interface DeriveParts {
  /** Files of `data/tables/`, by their names in it. */
  readonly tables: ReadonlyMap<string, Uint8Array>
  readonly program: Pick<Program, 'rules' | 'detection'>
  readonly measurements: readonly BundleMeasurement[]
  /** Bytes of `raw/<leaf>.json`; undefined where there is no such file. */
  readonly raw: (leaf: number) => Promise<Uint8Array | undefined>
  readonly verdicts: AsyncIterable<BundleVerdict>
  readonly observations: AsyncIterable<BundleObservations>
  /** JSON of `derivation.json`; absent in a bundle of measurements alone. */
  readonly derivation?: unknown
  /** JSON of the files of `revisions/`, by leaf. */
  readonly revisions: ReadonlyMap<number, unknown>
}

/** What came out. Paths are places in the JSON of `result`. */
export interface Derived {
  readonly judged: number
  readonly verdicts: readonly {
    readonly leaf: number
    readonly kind: 'verdict' | 'observations' | 'unread'
    readonly about: readonly string[]
  }[]
  /** Leaves that differ, but by certificates that this machine cannot check. */
  readonly unchecked?: readonly number[]
  readonly derived?: {
    readonly begins: 'first-reading' | 'settled'
    readonly incident: readonly string[]
    readonly weight: readonly string[]
    readonly inputs: readonly string[]
    /** Settings of the detector that are not those of the program at hand. */
    readonly otherSettings?: readonly string[]
    /** Incidents beside it that its weight looks at. */
    readonly others?: number
    /** Of a withdrawn incident: how many the measurements show at its time, and the standing one that took its place. */
    readonly withdrawn?: { readonly shown: number; readonly successor?: string }
    /** Undefined where the latest revision is not in the bundle. */
    readonly readsAlike: boolean | undefined
  }
  /** What the measurements say of themselves: when they began, and in what they do not fit what the bundle says of them. */
  readonly heads?: {
    readonly span: { readonly since: number; readonly until: number } | undefined
    readonly simulated: number
    readonly real: number
    /** Leaves said to be received before they began. */
    readonly early: readonly number[]
    /** Leaves of another service or network than their role says. */
    readonly otherRole: readonly number[]
  }
  /** The program at hand judges and detects by the rules that the bundle names. */
  readonly sameRules: boolean
  /** Tables and settings are those that the bundle's versions of the rules name. */
  readonly sameTables: boolean
}

/** Judges, detects and weighs again. Throws InputError where tables or inputs cannot be read. */
export type DeriveAgain = (parts: DeriveParts, onJudged?: OnJudged) => Promise<Derived>
/** Measurements judged so far, of how many. May wait, so that a page stays alive; what it throws ends the work. */
export type OnJudged = (done: number, total: number) => void | Promise<void>
