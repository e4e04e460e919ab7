import type { ClosedConnection, NetTools } from '../../net/tools.ts'
import type { LookupOutcome } from '../../core/model/measured/operation.ts'
import type { ResolverNote } from '../../core/model/measured/service-run.ts'
import type { Millis } from '../../core/model/units.ts'
import type { KeyedMutex } from '../../runtime/mutex.ts'
import type { ServiceBudget } from '../plan/budget.ts'
import type { Chance } from './chance.ts'
import type { RunSettings, RunTools } from './contract.ts'
import type { ControlAbroad } from './control-abroad.ts'
import type { Cover } from './cover.ts'
import type { Gate } from './gate.ts'

/** What three ways of asking for one name gave. */
export interface ThreeLookups {
  readonly system: LookupOutcome | undefined
  readonly encrypted: LookupOutcome | undefined
  readonly listed: LookupOutcome | undefined
}

/** By whom questions of a run are answered. */
export interface ResolversSeen {
  /** What is known so far; absent where nothing was asked. */
  readonly note: ResolverNote | undefined
  /** Asks if these lookups of one name call for it. */
  look(context: RunContext, lookups: ThreeLookups): Promise<void>
}

/** What all parts of one run share. */
export interface RunContext {
  readonly settings: RunSettings
  readonly tools: RunTools
  readonly chance: Chance
  readonly gate: Gate
  /** Of lookups and connections before any name is sent. */
  readonly scoutGate: Gate
  /** Of the system's resolver, which holds a thread for each question. */
  readonly lookupGate: Gate
  readonly locks: KeyedMutex
  /** Counts what a connection moved. */
  readonly onClosed: (connection: ClosedConnection) => void
  readonly control: ControlAbroad
  /** Draws control names. */
  readonly cover: Cover
  /** Families that the line carries. */
  readonly families: ReadonlySet<4 | 6>
  /** Whether repetitions may still begin. */
  readonly budget: ServiceBudget
  /**
   * Questions to the control, addresses whose neighbours are looked for, and names sent to a control name's own
   * address, that this run may still spend.
   */
  readonly allowance: { questions: number; neighbourhoods: number; crossings: number }
  /** Addresses under test in this run: none of them counts as a neighbour. */
  readonly dialled: Set<string>
  /** Lookups over HTTPS of this run, so that each name is asked once. */
  readonly encrypted: Map<string, Promise<LookupOutcome | undefined>>
  /** Questions to public resolvers by packets of this run, so that each name is asked once. */
  readonly listed: Map<string, Promise<LookupOutcome | undefined>>
  /** By whom questions of this run are answered, where that must be known. */
  readonly resolvers: ResolversSeen
  /** Says that one more operation of a host is done, for progress bars. */
  readonly done: (host: string) => void
}

/** What a measured operation is given: the run's clock and end, and its own limit. */
export const netTools = (
  { settings, tools, onClosed }: Pick<RunContext, 'settings' | 'tools' | 'onClosed'>,
  limit: Millis,
): NetTools => ({
  clock: tools.clock,
  signal: tools.signal,
  limit,
  extraRoots: settings.extraRoots,
  onClosed,
})
