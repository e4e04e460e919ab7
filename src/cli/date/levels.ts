import { againstControls } from '../../core/detect/levels/against-controls.ts'
import { findFalls } from '../../core/detect/levels/find-falls.ts'
import type { LevelFall, LevelSeries } from '../../core/detect/levels/level.ts'
import { formatInstantUtc, type Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { printable } from '../../core/text/printable.ts'
import { spanText } from '../../core/text/sentence/incident.ts'
import { formatDateTime } from '../../core/text/time.ts'

/** How levels are shown. */
interface LevelView {
  readonly lang: Lang
  readonly zone: string
}

const utc = (at: Instant | undefined): string | null => (at === undefined ? null : formatInstantUtc(at))

/** Falls of levels as objects of their own kind, one a line of JSON. */
export const levelLines = (levels: readonly LevelSeries[]): readonly object[] =>
  againstControls(levels).flatMap(({ level, controls }) => {
    const { falls, threshold, stepMs } = findFalls(level.points)
    return falls.map((fall) => ({
      kind: 'level-fall',
      source: level.source,
      signal: level.signal,
      place: level.place === '' ? null : level.place,
      controls,
      start: { bracket_utc: fall.start.map(utc) },
      end: { bracket_utc: fall.end.map(utc) },
      running: fall.end[1] === undefined,
      lowest_share: round(fall.lowest),
      median_share: round(fall.median),
      threshold_share: round(threshold),
      step_seconds: stepMs / 1000,
    }))
  })

const round = (share: number): number => Math.round(share * 1000) / 1000

/** Falls of levels in sentences; of every level it says that it is not about one service. */
export function renderLevels({ lang, zone }: LevelView, levels: readonly LevelSeries[]): string {
  const blocks = againstControls(levels).map(({ level, controls }) => {
    const [first, last] = [level.points[0]?.at, level.points.at(-1)?.at]
    const title = [level.signal, level.place].filter((part) => part !== '').join(', ')
    if (first === undefined || last === undefined) return `${printable(title)}\n${say(lang, 'date.empty')}\n`
    const { falls, threshold, stepMs } = findFalls(level.points)
    const about = say(lang, 'date.level-about', {
      count: formatNumber(lang, level.points.length),
      step: spanText(lang, stepMs),
      zone,
      days: `${formatDateTime(lang, first, zone)} – ${formatDateTime(lang, last, zone)}`,
    })
    const lines = [
      printable(title),
      about,
      say(lang, 'date.level-note'),
      controls === 0
        ? say(lang, 'date.level-alone')
        : say(lang, 'date.level-controls', { count: formatNumber(lang, controls) }),
      ...(falls.length === 0 ? [say(lang, 'date.level-none', { share: percent(lang, threshold) })] : []),
      ...falls.flatMap((fall, i) => fallLines({ lang, zone }, fall, i + 1)),
    ]
    return `${lines.join('\n')}\n`
  })
  return blocks.map((block) => `${block}\n`).join('')
}

const percent = (lang: Lang, share: number): string => formatNumber(lang, Math.round(share * 100))

function fallLines(
  { lang, zone }: LevelView,
  { start, end, lowest, median }: LevelFall,
  number: number,
): readonly string[] {
  const at = (time: Instant): string => formatDateTime(lang, time, zone)
  const [before, firstLow] = start
  const [lastLow, after] = end
  return [
    `${number}. ${say(lang, 'date.level-fall', { median: percent(lang, median), lowest: percent(lang, lowest) })}`,
    `   ${
      before === undefined
        ? say(lang, 'date.level-start-open', { until: at(firstLow) })
        : say(lang, 'date.level-start', { from: at(before), until: at(firstLow) })
    }`,
    `   ${
      after === undefined
        ? say(lang, 'date.level-end-open', { from: at(lastLow) })
        : say(lang, 'date.level-end', { from: at(lastLow), until: at(after) })
    }`,
  ]
}
