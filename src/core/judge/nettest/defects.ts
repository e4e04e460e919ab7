import type { MeasurementHead } from '../../model/measured/measurement.ts'
import type { Observation } from '../../model/measured/observation.ts'
import type { Defect, Tables } from '../../model/tables/tables.ts'
import { parseInstant } from '../../model/units.ts'

/** Compares dotted versions: negative where `a` is older. Parts that are no numbers count as 0. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map((part) => Number.parseInt(part, 10) || 0)
  const right = b.split('.').map((part) => Number.parseInt(part, 10) || 0)
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Known defects that concern a measurement by its test, version and day. */
export function defectsOf(head: MeasurementHead, tables: Tables): readonly Defect[] {
  return tables.defects.filter(
    (defect) =>
      (defect.test_name === undefined || defect.test_name === head.testName) &&
      (defect.version_from === undefined || compareVersions(head.testVersion, defect.version_from) >= 0) &&
      (defect.version_to === undefined || compareVersions(head.testVersion, defect.version_to) <= 0) &&
      (defect.since === undefined || head.startedAt >= parseInstant(defect.since)) &&
      (defect.until === undefined || head.startedAt < parseInstant(defect.until)),
  )
}

const hostOf = (row: Observation): string | undefined =>
  row.kind === 'http' ? row.host : row.kind === 'throughput' || row.kind === 'tunnel' ? undefined : row.name

/** The defect that explains the failure of one row, where there is one; an operation that passed needs no excuse. */
export function droppedByDefect(row: Observation, defects: readonly Defect[]): Defect | undefined {
  const { failure } = row
  if (failure === undefined) return undefined
  return defects.find((defect) => {
    const host = hostOf(row)
    if (defect.hosts.length > 0 && (host === undefined || !defect.hosts.includes(host))) return false
    return defect.failures.length === 0 || defect.failures.includes(failure.code)
  })
}
