/** The clocks differ by this where a device slept: one stops in sleep, the other continues. */
const SLEPT_MS = 2000

export interface Interruption {
  /** Whether the page stood still, or its line was another one, since the watch began. */
  readonly happened: boolean
  end(): void
}

/** The connection of a phone, where a browser tells of it. */
interface Line extends EventTarget {
  readonly type?: string
}

/**
 * Watches for what spoils a check without a fault of any site: the device sleeps, the browser freezes the page, the
 * line goes away or becomes another one. Requests that were on their way then fail.
 */
export function watchInterruption(): Interruption {
  const drift = (): number => Date.now() - performance.now()
  const line = (navigator as Navigator & { readonly connection?: Line }).connection // not of every browser
  const [began, type] = [drift(), line?.type]
  let told = false
  const ended = new AbortController()
  const { signal } = ended
  const tell = (): void => {
    told = true
  }
  document.addEventListener('freeze', tell, { signal })
  window.addEventListener('offline', tell, { signal })
  line?.addEventListener('change', () => (told ||= line.type !== type), { signal })
  return {
    get happened() {
      // A clock that was set back by its owner is no sleep.
      return told || drift() - began > SLEPT_MS
    },
    end: () => ended.abort(),
  }
}
