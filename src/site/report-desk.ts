import type { GivenReport } from '../model/report.ts'
import type { From } from '../sys/sender/from.ts'

/** What stands behind the form of trouble reports; made in people/. */
export interface ReportDesk {
  /** Takes a report, durable when resolved; gives the seconds to wait where too much came at once. */
  take(report: GivenReport, from: From): Promise<{ readonly wait: number }>
}
