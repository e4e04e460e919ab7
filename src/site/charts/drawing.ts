import type { Lang } from '../../core/text/lang.ts'
import type { AxisPicture } from './axis-marks.ts'
import { renderIncidentAxis } from './incident-axis.ts'
import type { Naming } from './plot.ts'

/** A chart to be drawn, as plain data: it may cross to another thread, and its text is what it is remembered by. */
export interface Drawing {
  readonly kind: 'axis'
  readonly lang: Lang
  readonly picture: AxisPicture
  readonly naming: Naming
}

/**
 * Draws: SVG as text. It takes tens of milliseconds, so that a server has it done in parallel with its answers
 * (`Draw`).
 */
export function renderDrawing(drawing: Drawing): string {
  switch (drawing.kind) {
    case 'axis':
      return renderIncidentAxis(drawing.lang, drawing.picture, drawing.naming)
  }
}
