import type { ReportKey } from '../report-keys.ts'

export const report = {
  'report.send': 'Send',
} satisfies Readonly<Record<ReportKey, string>>
