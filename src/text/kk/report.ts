import type { ReportKey } from '../report-keys.ts'

export const report = {
  'report.send': 'Жіберу',
} satisfies Readonly<Record<ReportKey, string>>
