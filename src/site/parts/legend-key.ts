import { raw } from 'hono/html'
import type { Markup } from '../../web/html/markup.ts'

const key = (drawing: string): Markup =>
  raw(`<svg class="m chart" viewBox="0 0 18 18" aria-hidden="true" focusable="false">${drawing}</svg>`)

/** The signs of the time axis, as its legend shows them. */
export const CHART_KEYS = {
  failed: key('<path class="no" d="M4 4h10v10H4z"/>'),
  slow: key('<circle class="slow" cx="9" cy="9" r="5"/>'),
  passed: key('<circle class="ok" cx="9" cy="9" r="5"/>'),
  silent: key('<path class="gap" d="M0 9h18"/>'),
  interval: key('<path class="i95" d="M0 9h18"/><path class="i50" d="M4 9h8"/>'),
  band: key('<path class="band" d="M4 1h12v16H4z"/><path class="med" d="M8 1v16"/>'),
  bracket: key('<path class="brk" d="M6 4H2v10h4M12 4h4v10h-4"/>'),
} as const
