/**
 * Keeps the screen on while the page is visible, where the browser can, until the signal aborts. A screen that goes
 * off stops the page; locking the phone does so all the same.
 */
export function keepAwake(signal: AbortSignal): void {
  let lock: WakeLockSentinel | undefined
  const take = async (): Promise<void> => {
    if (signal.aborted || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
    try {
      const taken = await navigator.wakeLock.request('screen')
      if (signal.aborted) await taken.release()
      else lock = taken
    } catch {
      // A battery that runs low: the hour continues without.
    }
  }
  // A reader who comes back to the page has lost it.
  document.addEventListener('visibilitychange', () => void take(), { signal })
  signal.addEventListener('abort', () => void lock?.release().catch(() => undefined))
  void take()
}
