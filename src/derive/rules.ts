import { settingsText, type DetectSettings } from '../detect/settings.ts'
import type { Digest } from '../model/parse-tables.ts'

/** Raised with every change of a rule in detect/, derive/ or pipeline/detect/ that could change a published incident. */
export const DETECT_REVISION = '2026.11.5'

/** Everything the detection depends on besides the readings: part of what a stored filter state stands for. */
export const detectionVersion = (settings: DetectSettings, causeTable: string, digest: Digest): string =>
  `${DETECT_REVISION}+${digest(`${settingsText(settings)} ${causeTable}`).slice(0, 12)}`

/** Rules version of an incident: that of the verdicts behind it, then that of the detection. */
export const incidentRules = (verdicts: string, detection: string): string => `${verdicts} ${detection}`
