import type { World } from '../../runtime/world.ts'

const BAR = 24

/** A number with a space between thousands. */
export const groupThousands = (value: number): string => Math.round(value).toLocaleString('en').replaceAll(',', ' ')

/** A bar and its percentage, for a share from 0 to 1. */
export function drawBar(share: number): string {
  const filled = Math.round(share * BAR)
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] ${Math.floor(share * 100)} %`
}

/** How often something is shown. */
interface ShownEvery {
  /** Milliseconds between two pictures of the line that a person watches. */
  readonly redrawMs: number
  /** Milliseconds between two plain lines elsewhere; Infinity: there are none. */
  readonly lineMs: number
}

/** Shows what `render` gives of progress: a line that redraws itself where a person watches, plain lines elsewhere. */
export function openProgressLine<T>(
  world: World,
  render: (progress: T, seconds: number) => string,
  { redrawMs, lineMs }: ShownEvery,
): { show(progress: T): void; end(): void } {
  const started = performance.now()
  let shown = world.terminal ? -Infinity : started
  let isDrawn = false
  return {
    show(progress) {
      const now = performance.now()
      if (now - shown < (world.terminal ? redrawMs : lineMs)) return
      shown = now
      const line = render(progress, (now - started) / 1000)
      world.err.write(world.terminal ? `\r\u001b[2K${line}` : `${line}\n`)
      isDrawn = true
    },
    end() {
      if (world.terminal && isDrawn) world.err.write('\r\u001b[2K')
    },
  }
}

/** `20 s`, `80 min`, `2 h 5 min`: how long something will take, rounded. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

interface Counted {
  readonly done: number
  readonly total: number
  /** Since the first of them was begun. */
  readonly seconds: number
}

/** One picture of the bar, without its line end. */
export function renderCount({ done, total, seconds }: Counted, what: string): string {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const perSecond = done / Math.max(0.001, seconds)
  const left = done === 0 || done >= total ? '' : `, ${duration((total - done) / perSecond)} left`
  return `${drawBar(share)}  ${groupThousands(done)} of ${groupThousands(total)} ${what}  ${groupThousands(perSecond)}/s${left}`
}

/** Shows how many of how many are done, with an estimate of the rest. */
export const openCountProgress = (
  world: World,
  what: string,
): { show(progress: Omit<Counted, 'seconds'>): void; end(): void } =>
  openProgressLine<Omit<Counted, 'seconds'>>(world, (count, seconds) => renderCount({ ...count, seconds }, what), {
    redrawMs: 200,
    lineMs: 10_000,
  })
