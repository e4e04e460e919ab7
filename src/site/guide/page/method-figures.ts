import type { CauseItem, ItemOutcome, Support } from '../../../core/model/incident/cause.ts'
import type { Layer } from '../../../core/model/measured/mechanism.ts'
import type { Tier } from '../../../core/model/tables/service.ts'

/**
 * Rules, thresholds and tables of the method, as the program itself holds them: pages print these and no figure of
 * their own. Lengths of time are in the unit that the name says.
 */
export interface MethodFigures {
  /** Revision of the rules by which measurements are judged, and of those by which incidents are found. */
  readonly rulesRevision: string
  readonly detectRevision: string
  /** Days as `2026-11-30`: of the newest row of the list of hosts, and of its newest check from abroad. */
  readonly list: {
    readonly day: string
    readonly check?: { readonly day: string; readonly hosts: number; readonly alive: number }
  }
  readonly probe: {
    readonly coreMinutes: number
    readonly fullsPerDay: number
    readonly coreKilobytes: number
    readonly fullMegabytes: number
    readonly allowanceMegabytes: number
    readonly meteredMegabytes: number
    /** Minutes between core runs on a metered line. */
    readonly meteredMinutes: number
    /** A run repeats nothing more after so long. */
    readonly coreSeconds: number
    readonly fullSeconds: number
    readonly connectSeconds: number
    readonly handshakeSeconds: number
    readonly confirmSeconds: number
    readonly rounds: number
    readonly consentVersion: number
    readonly spoolMegabytes: number
    /** Names of what each tier measures. */
    readonly tiers: Readonly<Record<Tier, readonly string[]>>
    /** Sites for comparison. */
    readonly canaries: readonly string[]
  }
  /** Days after which what people report is erased. */
  readonly reportDays: number
  /** Days after which a text next to a report is erased. */
  readonly noteDays: number
  readonly standing: { readonly afterDays: number; readonly onDays: number; readonly forgetDays: number }
  readonly detect: {
    /** Share of exchanges that fail on an open line, and shares that pass in each level of restriction. */
    readonly failOpen: number
    readonly passing: readonly number[]
    readonly loads: readonly number[]
    /** Mean length in hours of the short and of the long kind of restriction. */
    readonly shortHours: number
    readonly longHours: number
    readonly probes: number
    readonly floorHours: number
    /** How many times more likely a witness makes a restriction. */
    readonly witness: number
    readonly withoutOne: number
    readonly raise: number
    readonly clear: number
    readonly peak: number
    readonly draws: number
  }
  readonly throttling: {
    readonly ratio: number
    readonly probes: number
    readonly baselineDays: number
    readonly leastDays: number
    readonly leastRounds: number
    readonly windowHours: readonly number[]
  }
  readonly cause: {
    /** Ratio from which the word may be "blocking". */
    readonly decisive: number
    /** Least and greatest entry of the table. */
    readonly least: number
    readonly incidents: number
    /** Least ratio of each word of support, the strongest first. */
    readonly scale: readonly { readonly ratio: number; readonly support: Support }[]
    readonly digest: string
    readonly checkedAt: string
    /** P(outcome | cause), by item and outcome, in the order of CAUSES. */
    readonly table: readonly {
      readonly item: CauseItem
      readonly outcomes: readonly { readonly outcome: ItemOutcome; readonly p: readonly number[] }[]
    }[]
  }
  /** Every rule of a verdict, with the ratio of its evidence as log10. */
  readonly rules: readonly { readonly id: string; readonly layer: Layer | undefined; readonly log10Lr: number }[]
}
