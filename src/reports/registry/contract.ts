import type { CrowdOutcome } from '../../core/model/people/crowd-check.ts'
import type { Region } from '../../core/model/region.ts'
import type { Problem, ReportState, Since } from '../../core/model/people/report.ts'
import type { Asn, Instant } from '../../core/model/units.ts'
import type { Lang } from '../../core/model/tables/langs.ts'

/** A report as it is kept: no address, no key made from one, nothing that two reports of one person share. */
export interface ReportRow {
  /** 16 random bytes, hexadecimal. */
  readonly id: string
  /** Start of its slot of 15 minutes, milliseconds. */
  readonly slot: number
  readonly service: string
  readonly problem: Problem
  readonly since?: Since
  readonly asn?: Asn
  /** The network is the person's word: the address did not show it, or showed another. */
  readonly said?: true
  readonly region?: Region
  readonly state: ReportState
  readonly simulated: boolean
}

/** What a person wrote with a report: stored separately from it, so that nothing joins the two. */
export interface NoteRow {
  readonly id: string
  /** Day of UTC, milliseconds. */
  readonly day: number
  readonly service: string
  readonly lang: Lang
  readonly text: string
  readonly state: 'waiting' | 'read' | 'published'
  /** What is shown where it was published: as the moderator left it. */
  readonly shown?: string
  readonly simulated: boolean
}

/** Notes of one service and language that say the same. */
export interface NoteGroup {
  /** Id of one of them. */
  readonly id: string
  /** Of the oldest. */
  readonly day: number
  readonly service: string
  readonly lang: NoteRow['lang']
  readonly text: string
  readonly count: number
}

/** Which notes are meant. */
export interface NotesAsked {
  readonly state: NoteRow['state']
  readonly simulated: boolean
}

/** The result for one service of a check in a person's browser. */
export interface CrowdRow {
  readonly id: string
  readonly slot: number
  readonly service: string
  readonly outcome: CrowdOutcome
  readonly asn?: Asn
  readonly region?: Region
  readonly state: ReportState
  readonly simulated: boolean
}

/** How many of one kind are in one cell. */
export interface ReportCount {
  readonly slot: number
  readonly service: string
  /** 0 where not known. */
  readonly asn: Asn
  /** The network is people's word. */
  readonly said: boolean
  /** `''` where not known. */
  readonly region: Region | ''
  readonly problem: Problem
  readonly state: ReportState
  readonly count: number
}

export interface CrowdCount {
  readonly slot: number
  readonly service: string
  readonly asn: Asn
  readonly outcome: CrowdOutcome
  readonly state: ReportState
  readonly count: number
}

export interface Between {
  readonly since: Instant
  readonly until: Instant
}

/**
 * What people told: one part of the registry of a data folder. Every write is durable when resolved, all of one call or
 * none of it. Written once with Kysely for SQLite and PostgreSQL.
 */
export interface ReportStore extends AsyncDisposable {
  /** Keeps what is given together. */
  add(rows: {
    readonly reports?: readonly ReportRow[]
    readonly notes?: readonly NoteRow[]
    readonly checks?: readonly CrowdRow[]
  }): Promise<void>
  /** Gives rows of `reports` and `checks` another state; ids that are not there are passed over. */
  setState(ids: readonly string[], state: ReportState): Promise<void>
  /** Gives every held report of a service and a time the state `released`; gives how many. */
  release(service: string, between: Between): Promise<number>
  /**
   * Counts of a time, by slot, service, network and whether it was said, region, problem and state; simulated ones only
   * where asked for.
   */
  counts(between: Between, simulated: boolean): Promise<readonly ReportCount[]>
  crowdCounts(between: Between, simulated: boolean): Promise<readonly CrowdCount[]>
  notes(state: NoteRow['state'], most: number): Promise<readonly NoteRow[]>
  /** The same as `notes`, those that say the same as one; the oldest first. */
  noteGroups(asked: NotesAsked, most: number): Promise<readonly NoteGroup[]>
  countNotes(asked: NotesAsked): Promise<number>
  /** Notes whose id begins so, two at most; hexadecimal digits. */
  notesOf(start: string): Promise<readonly NoteRow[]>
  /** Ids of the notes that wait, are of the same service and language and say the same. */
  alike(note: NoteRow): Promise<readonly string[]>
  /** Sets what a moderator decided; false where there is no such note. */
  decideNote(id: string, state: 'read' | 'published', shown?: string): Promise<boolean>
  removeNote(id: string): Promise<boolean>
  /** Whether anything simulated is kept. */
  hasSimulated(): Promise<boolean>
  /**
   * Forgets reports and checks of slots before `before`, and notes of days before `notesBefore`, read or not; of those
   * that were published what was written, and not how it is shown. Gives how many rows are gone.
   */
  forget(before: Instant, notesBefore: Instant): Promise<number>
}
