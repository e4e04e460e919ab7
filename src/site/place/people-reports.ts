import type {
  PlacedSignal,
  PublishedCell,
  PublishedNote,
  ReportPlace,
  UsualHours,
} from '../../core/model/people/report-cell.ts'
import type { Instant } from '../../core/model/units.ts'

/**
 * What may be shown of trouble reports; made in reports/. Cells do not overlap, and each is of at least five people.
 */
export interface PeopleReports {
  /** Start of the first slot that is not shown yet. */
  settled(): Instant
  /** Cells of a time, which is widened to whole hours; newest first. */
  cells(between: { readonly since: Instant; readonly until: Instant }): Promise<readonly PublishedCell[]>
  /** Signals of the last month, newest first. */
  signals(): Promise<readonly PlacedSignal[]>
  /** Texts next to reports of a service, as their moderator worded them, newest first. */
  notes(service: string): Promise<readonly PublishedNote[]>
  /** What is usual in the 24 hours up to the end of one. */
  usual(place: ReportPlace, until: Instant): Promise<UsualHours>
}
