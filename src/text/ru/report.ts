import type { ReportKey } from '../report-keys.ts'

export const report = {
  'report.send': 'Отправить',
} satisfies Readonly<Record<ReportKey, string>>
