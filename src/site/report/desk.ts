import type { SentReport, TakenReport } from '../../core/model/people/report.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'

/** The service behind the form of problem reports; made in reports/. */
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
