import { hash } from 'node:crypto'
import type { DetectSettings } from '../../detect/settings.ts'

/** Raised with every change of a rule in detect/ or pipeline/detect/ that could change a published incident. */
export const DETECT_REVISION = '2026.11.3'

/** Everything the detection depends on besides the readings: part of what a stored filter state stands for. */
export const detectionVersion = (settings: DetectSettings, causeTable: string): string =>
  `${DETECT_REVISION}+${hash('sha256', JSON.stringify([settings, causeTable])).slice(0, 12)}`

/** Rules version of an incident: that of the verdicts behind it, then that of the detection. */
export const incidentRules = (verdicts: string, detection: string): string => `${verdicts} ${detection}`
