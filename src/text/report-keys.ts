/** Keys of this area's words. */
export type ReportKey = 'report.send'
