import { html, raw } from 'hono/html'
import type { Kind } from '../../core/model/measured/verdict.ts'
import type { Markup } from '../../web/html/markup.ts'
import type { CellState } from '../../core/model/cell-state.ts'

/**
 * Mark of one verdict. A test that is not judged gets the mark of no data, because it says nothing about the service.
 */
export const KIND_MARKS = {
  reachable: 'open',
  interfered: 'shut',
  unreachable: 'fault',
  inconclusive: 'unkn',
  'not-judged': 'none',
} satisfies Record<Kind, CellState>

/** States of a cell, and the one that only an incident has, in the order of legends. */
export const MARK_NAMES = ['open', 'slow', 'part', 'shut', 'fault', 'unkn', 'none'] as const satisfies readonly (
  CellState | 'slow'
)[]
export type MarkName = (typeof MARK_NAMES)[number]

/** A mark next to words that say the same, so hidden from screen readers. */
export const mark = (state: MarkName): Markup =>
  html`<svg class="m" aria-hidden="true" focusable="false"><use href="#m-${state}"></use></svg>`

/** Drawings of the marks, once a page. Round opens, square stops, dashed is no data and is never filled. */
export const MARK_SYMBOLS = raw(`<svg class="defs" aria-hidden="true" focusable="false"><defs>
<symbol id="m-open" viewBox="0 0 18 18"><circle class="k-open" cx="9" cy="9" r="7" stroke-width="1.75"/></symbol>
<symbol id="m-slow" viewBox="0 0 18 18"><circle class="k-slow" cx="9" cy="9" r="7" stroke-width="1.75"/><path class="k-slow" stroke-width="1.75" d="M3.6 6h10.8M2.6 9.2h12.8M4 12.4h10"/></symbol>
<symbol id="m-part" viewBox="0 0 18 18"><path class="k-part" stroke-width="1.75" d="M2 2h14v14H2z"/><path class="l-part" d="M2 2l14 14H2z"/></symbol>
<symbol id="m-shut" viewBox="0 0 18 18"><path class="f-shut" d="M1 1h16v16H1z"/><path class="f-paper" d="M4 7.25h10v3.5H4z"/></symbol>
<symbol id="m-fault" viewBox="0 0 18 18"><path class="k-fault" stroke-width="1.75" d="M9 1.2l7.8 7.8L9 16.8 1.2 9zM6.3 6.3l5.4 5.4M11.7 6.3l-5.4 5.4"/></symbol>
<symbol id="m-unkn" viewBox="0 0 18 18"><circle class="k-unkn" cx="9" cy="9" r="7.25" stroke-width="1.25"/><path class="k-unkn" stroke-width="1.9" d="M6.7 7.3a2.4 2.4 0 1 1 3.4 2c-.8.4-1.1.9-1.1 1.7M9 12.7v1.1"/></symbol>
<symbol id="m-none" viewBox="0 0 18 18"><path class="k-none" stroke-width="1.5" stroke-dasharray="3 2.5" d="M2 2h14v14H2z"/></symbol>
<pattern id="p-ev" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="l-fault" d="M0 0h1.5v7H0z"/></pattern>
</defs></svg>`)
