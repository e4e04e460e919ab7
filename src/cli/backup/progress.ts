import type { World } from '../../runtime/world.ts'
import { openProgressLine } from '../terminal/count-progress.ts'

/** Says how many bytes were read: one line over and over for a person who watches, nothing elsewhere. */
export function showBytes(world: World): ((bytes: number, path?: string) => void) & { end(): void } {
  let all = 0
  const line = openProgressLine(world, (path: string) => `${(all / 1e6).toFixed(0)} MB  ${path.slice(-60)}`, {
    redrawMs: 200,
    lineMs: Infinity,
  })
  const show = (bytes: number, path = ''): void => {
    all += bytes
    line.show(path)
  }
  return Object.assign(show, { end: line.end })
}
