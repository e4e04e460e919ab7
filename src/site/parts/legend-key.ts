import { raw } from 'hono/html'
import type { Markup } from '../../web/html/markup.ts'

const key = (drawing: string): Markup =>
  raw(`<svg class="m chart" viewBox="0 0 18 18" aria-hidden="true" focusable="false">${drawing}</svg>`)

/** Drawings of the signs of the time axis, 18 by 18 units. */
export const CHART_SIGNS = {
  failed: '<path class="no" d="M4 4h10v10H4z"/>',
  slow: '<circle class="slow" cx="9" cy="9" r="5"/>',
  passed: '<circle class="ok" cx="9" cy="9" r="5"/>',
  silent: '<path class="gap" d="M0 9h18"/>',
  interval: '<path class="i95" d="M0 9h18"/><path class="i50" d="M4 9h8"/>',
  band: '<path class="band" d="M4 1h12v16H4z"/><path class="med" d="M8 1v16"/>',
  bracket: '<path class="brk" d="M6 4H2v10h4M12 4h4v10h-4"/>',
} as const
export type ChartSign = keyof typeof CHART_SIGNS

/** A sign of the time axis, as its legend shows it. */
export const chartKey = (sign: ChartSign): Markup => key(CHART_SIGNS[sign])

/** A sign of 18 by 18 units in the legend of a file, whose samples are 12 high. */
export const fileSign = (drawing: string): string =>
  `<svg x="8" width="12" height="12" viewBox="0 0 18 18">${drawing}</svg>`
