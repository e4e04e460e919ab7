import type { World } from '../../runtime/world.ts'

const SHOWN_EVERY_MS = 200

/** Says how many bytes were read: one line over and over for a person who watches, nothing elsewhere. */
export function showBytes(world: World): ((bytes: number, path?: string) => void) & { end(): void } {
  let all = 0
  let shown = 0
  const show = (bytes: number, path = ''): void => {
    all += bytes
    const now = Date.now()
    if (!world.terminal || now - shown < SHOWN_EVERY_MS) return
    shown = now
    world.err.write(`\r\u001b[K${(all / 1e6).toFixed(0)} MB  ${path.slice(-60)}`)
  }
  return Object.assign(show, { end: () => void (shown > 0 && world.err.write('\r\u001b[K')) })
}
