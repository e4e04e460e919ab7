import type { World } from '../../runtime/world.ts'
import { isNotTaken } from '../../core/model/measured/not-taken.ts'
import type { ImportProgress } from '../../pipeline/import/import.ts'
import type { ImportTally } from '../../pipeline/import/tally.ts'
import { say } from '../../core/text/format.ts'

const BAR = 24
/** Milliseconds between two pictures of the bar, and between two plain lines. */
const REDRAW = 120
const LINE_EVERY = 5000

const number = (value: number): string => value.toLocaleString('en').replaceAll(',', ' ')

/** One sentence of counts; what is zero is left out, what was read and added never. */
export function tallySentence(tally: Readonly<ImportTally>): string {
  const parts = [`${number(tally.added)} added`]
  if (tally.known > 0) parts.push(`${number(tally.known)} known`)
  if (tally.barred > 0) parts.push(`${number(tally.barred)} erased before and not taken again`)
  if (tally.aside > 0) parts.push(`${number(tally.aside)} set aside`)
  if (tally.rejected > 0) parts.push(`${number(tally.rejected)} rejected`)
  return `${number(tally.read)} read: ${parts.join(', ')}`
}

/** Why what was not taken, commonest first: `it ends in the middle (json.truncated): 12; …`. */
export const reasonsLine = (tally: Readonly<ImportTally>): string =>
  Object.entries(tally.reasons)
    .sort(([, a], [, b]) => b - a)
    .map(
      ([code, times]) => `${isNotTaken(code) ? `${say('en', `not-taken.${code}`)} (${code})` : code}: ${number(times)}`,
    )
    .join('; ')

/** One picture of the bar, without its line end. */
export function renderBar({ source, bytes, size, tally }: ImportProgress, perSecond: number): string {
  const share = size === undefined || size === 0 ? undefined : Math.min(1, bytes / size)
  const filled = Math.round((share ?? 0) * BAR)
  const bar =
    share === undefined ? '' : ` [${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] ${Math.floor(share * 100)} %`
  const name = source.length > 40 ? `…${source.slice(-39)}` : source
  return `${name}${bar}  ${tallySentence(tally)}  ${number(Math.round(perSecond))}/s`
}

/** Shows progress: a bar that redraws itself where a person watches, a plain line every five seconds elsewhere. */
export function openProgress(world: World): { show(progress: ImportProgress): void; end(): void } {
  const started = performance.now()
  let shown = world.terminal ? -Infinity : started
  let drawn = false
  return {
    show(progress) {
      const now = performance.now()
      if (now - shown < (world.terminal ? REDRAW : LINE_EVERY)) return
      shown = now
      const line = renderBar(progress, (progress.tally.read * 1000) / Math.max(1, now - started))
      world.err.write(world.terminal ? `\r\u001b[2K${line}` : `${line}\n`)
      drawn = true
    },
    end() {
      if (world.terminal && drawn) world.err.write('\r\u001b[2K')
    },
  }
}
