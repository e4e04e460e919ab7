import type { World } from '../../runtime/world.ts'
import { isNotTaken } from '../../core/model/measured/not-taken.ts'
import type { ImportProgress } from '../../pipeline/import/import.ts'
import type { ImportTally } from '../../pipeline/import/tally.ts'
import { say } from '../../core/text/format.ts'
import { drawBar, openProgressLine, groupThousands } from '../terminal/count-progress.ts'

/** One sentence of counts; what is zero is left out, what was read and added never. */
export function tallySentence(tally: Readonly<ImportTally>): string {
  const parts = [`${groupThousands(tally.added)} added`]
  if (tally.known > 0) parts.push(`${groupThousands(tally.known)} known`)
  if (tally.barred > 0) parts.push(`${groupThousands(tally.barred)} erased before and not taken again`)
  if (tally.aside > 0) parts.push(`${groupThousands(tally.aside)} set aside`)
  if (tally.rejected > 0) parts.push(`${groupThousands(tally.rejected)} rejected`)
  return `${groupThousands(tally.read)} read: ${parts.join(', ')}`
}

/** Why what was not taken, commonest first: `it ends in the middle (json.truncated): 12; …`. */
export const reasonsLine = (tally: Readonly<ImportTally>): string =>
  Object.entries(tally.reasons)
    .sort(([, a], [, b]) => b - a)
    .map(
      ([code, times]) =>
        `${isNotTaken(code) ? `${say('en', `not-taken.${code}`)} (${code})` : code}: ${groupThousands(times)}`,
    )
    .join('; ')

/** One picture of the bar, without its line end. */
export function renderBar({ source, bytes, size, tally }: ImportProgress, perSecond: number): string {
  const bar = size === undefined || size === 0 ? '' : ` ${drawBar(Math.min(1, bytes / size))}`
  const name = source.length > 40 ? `…${source.slice(-39)}` : source
  return `${name}${bar}  ${tallySentence(tally)}  ${groupThousands(perSecond)}/s`
}

/** Shows progress: a bar that redraws itself where a person watches, a plain line every five seconds elsewhere. */
export const openProgress = (world: World): { show(progress: ImportProgress): void; end(): void } =>
  openProgressLine<ImportProgress>(
    world,
    (progress, seconds) => renderBar(progress, progress.tally.read / Math.max(0.001, seconds)),
    { redrawMs: 120, lineMs: 5000 },
  )
