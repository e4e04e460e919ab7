import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import type { ExhibitFinding } from './finding.ts'

/** What says whether the line and the address work: a control beside the service, or a site for comparison. */
export type ControlKind = 'control' | 'canary'

type Measured = Pick<ExhibitFinding, 'readings' | 'compared'>

/** Controls tried and failed. Sites for comparison are tried beside a measurement of the service, or by themselves. */
export function countControls(
  { readings, compared }: Measured,
  kind: ControlKind,
): { readonly tried: number; readonly failed: number } {
  const tried = readings.filter((one) => one[kind] !== 'none')
  const alone = kind === 'canary' ? compared.filter((one) => one.kind === 'comparison') : []
  return {
    tried: alone.reduce((sum, one) => sum + one.measured, tried.length),
    failed: alone.reduce((sum, one) => sum + one.failed, tried.filter((one) => one[kind] === 'fail').length),
  }
}

/** Controls of either kind in a sentence each. */
export function controlSentences(lang: Lang, measured: Measured): readonly string[] {
  const figures = (kind: ControlKind): { readonly total: string; readonly failed: string } => {
    const { tried, failed } = countControls(measured, kind)
    return { total: formatNumber(lang, tried), failed: formatNumber(lang, failed) }
  }
  return [
    say(lang, 'exhibit.controls-pair', figures('control')),
    say(lang, 'exhibit.controls-canary', figures('canary')),
  ]
}
