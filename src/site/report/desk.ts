import type { GivenReport } from '../../core/model/people/report.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'

/** What comes with a report. */
export interface SentReport {
  readonly report: GivenReport
  /** Ticket of the form that it was written into, as `ticket` gave it. */
  readonly ticket: string | undefined
  /** Whether a proof of work came with it: then its part of the network may send more. */
  readonly worked: boolean
}

/**
 * `taken`: durable; the same answer goes to one that is a repeat or is held. `again`: the form was not ours, was filled
 * in faster than people do, or is too old: a second press on a form with a new ticket is enough. `later`: too much came
 * at once, seconds to wait.
 */
export type TakenReport =
  { readonly kind: 'taken' } | { readonly kind: 'again' } | { readonly kind: 'later'; readonly wait: number }

/** The service behind the form of problem reports; made in people/. */
export interface ReportDesk {
  /**
   * A ticket for a form that is shown now: random, signed, kept nowhere. `pressed`: its reader pressed once already, so
   * it may come back at once.
   */
  ticket(pressed?: boolean): string
  take(sent: SentReport, from: ClientAddress): Promise<TakenReport>
  /**
   * Name of the sender's part of the network, new every day and only in memory; undefined where it cannot be
   * determined.
   */
  partOf(from: ClientAddress): string | undefined
}
