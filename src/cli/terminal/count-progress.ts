import type { World } from '../../runtime/world.ts'

const BAR = 24
/** Milliseconds between two pictures of the bar, and between two plain lines. */
const REDRAW = 200
const LINE_EVERY = 10_000

const number = (value: number): string => Math.round(value).toLocaleString('en').replaceAll(',', ' ')

/** `1 min`, `2 h 5 min`: how long something will take, rounded. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** One picture of the bar, without its line end. */
export function renderCount({ done, total, seconds }: Counted, what: string): string {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const filled = Math.round(share * BAR)
  const perSecond = done / Math.max(0.001, seconds)
  const left = done === 0 || done >= total ? '' : `, ${duration((total - done) / perSecond)} left`
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] ${Math.floor(share * 100)} %`
  return `${bar}  ${number(done)} of ${number(total)} ${what}  ${number(perSecond)}/s${left}`
}

interface Counted {
  readonly done: number
  readonly total: number
  /** Since the first of them was begun. */
  readonly seconds: number
}

/**
 * Shows how many of how many are done, with an estimate of the rest: a bar that redraws itself where a person watches, a
 * plain line every ten seconds elsewhere.
 */
export function openCountProgress(
  world: World,
  what: string,
): { show(progress: { readonly done: number; readonly total: number }): void; end(): void } {
  const started = performance.now()
  let shown = world.terminal ? -Infinity : started
  let isDrawn = false
  return {
    show({ done, total }) {
      const now = performance.now()
      if (now - shown < (world.terminal ? REDRAW : LINE_EVERY)) return
      shown = now
      const line = renderCount({ done, total, seconds: (now - started) / 1000 }, what)
      world.err.write(world.terminal ? `\r\u001b[2K${line}` : `${line}\n`)
      isDrawn = true
    },
    end() {
      if (world.terminal && isDrawn) world.err.write('\r\u001b[2K')
    },
  }
}
