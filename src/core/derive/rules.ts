import { settingsText, type DetectSettings } from '../detect/chain/settings.ts'
import type { Digest } from '../model/tables/parse-tables.ts'

/** Raised with every change of a rule in detect/, derive/ or pipeline/detect/ that could change a published incident. */
export const DETECT_REVISION = '2026.12.2'

/** Everything the detection depends on besides the readings: part of what a stored filter state stands for. */
export const detectionVersion = (settings: DetectSettings, causeTable: string, digest: Digest): string =>
  `${DETECT_REVISION}+${digest(`${settingsText(settings)} ${causeTable}`).slice(0, 12)}`

/** Rules version of an incident: that of the verdicts behind it, then that of the detection. */
export const incidentRules = (verdicts: string, detection: string): string => `${verdicts} ${detection}`

/** A version is the revision of the rules, `+` and a digest of what else they rest on; the revision alone may be another program's. */
export function underRevision(own: string, stated: string): UnderRevision {
  const [, digest] = own.split('+')
  const tables = stated.split('+')[1] === digest
  return { version: tables ? stated : own, same: own === stated, tables }
}

export interface UnderRevision extends SameRules {
  readonly version: string
}
/** Whether rules that a bundle names are those of this program. */
export interface SameRules {
  readonly same: boolean
  /** The digests agree. */
  readonly tables: boolean
}
