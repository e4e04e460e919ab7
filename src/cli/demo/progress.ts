import type { World } from '../../runtime/world.ts'
import { systemClock } from '../../runtime/clock.ts'

/** How far a long command is: a bar that is written over on a terminal; elsewhere a line each five seconds at most. */
interface StartProgress {
  /** Share done, 0 to 1, and what is being done; a share below an earlier one is shown as that. */
  tell(share: number, doing: string): void
  /** A line that stays. */
  say(text: string): void
  /** Takes the bar away. */
  clear(): void
  /** The last message, as one line. */
  readonly line: string
}

const APART_MS = 5000
const BAR = 24
/** Before so much is done, the time that is left is not known. */
const LEAST_KNOWN = 0.05

/** Opens the progress of a start; the time that is left is counted from now. */
export function openStartProgress({ terminal, err, size }: World): StartProgress {
  const began = systemClock.monotonic()
  let quietUntil: number = began
  let most = 0
  let line = ''
  let shown = ''
  return {
    get line() {
      return line
    },
    tell(share, doing) {
      most = Math.max(most, Math.min(share, 1))
      const now = systemClock.monotonic()
      const left =
        most < LEAST_KNOWN || most === 1 ? '' : `, about ${timeText(((now - began) * (1 - most)) / most)} left`
      line = `${Math.floor(100 * most)} %${left}: ${doing}`
      if (terminal) {
        const filled = Math.round(BAR * most)
        const next = `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${line}`.slice(0, (size?.().columns ?? 80) - 1)
        if (next !== shown) err.write(`\r\u001b[K${next}`)
        shown = next
      } else if (now >= quietUntil) {
        quietUntil = now + APART_MS
        err.write(`${line}\n`)
      }
    },
    clear() {
      if (shown !== '') err.write('\r\u001b[K')
      shown = ''
    },
    say(text) {
      err.write(shown === '' ? `${text}\n` : `\r\u001b[K${text}\n${shown}`)
    },
  }
}

const timeText = (ms: number): string =>
  ms < 60_000 ? `${Math.ceil(ms / 5000) * 5} s` : `${Math.round(ms / 60_000)} min`
